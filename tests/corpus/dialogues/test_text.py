"""The text of dialogues for language models."""

import pytest

from corpus.dialogues import Dialogue, Transcript, Turn, Word, backchannel_spans, context_text, dialogue_text


def said(*lines):
    """Make a dialogue of (speaker, text, tag) without times."""
    return Dialogue("d", tuple(Turn(speaker, text, tag=tag) for speaker, text, tag in lines))


def timed(*lines):
    """Make a dialogue of (speaker, start, end, words, tag); every word lasts as long as the others."""
    turns = []
    for speaker, start, end, text, tag in lines:
        words = text.split()
        step = (end - start) / len(words)
        spans = tuple(Word(word, start + n * step, start + (n + 1) * step) for n, word in enumerate(words))
        turns.append(Turn(speaker, text, spans, start, end, tag))
    return Dialogue("d", tuple(turns))


TALK = said(
    ("A", "I moved.", "sd"),
    ("A", "Last  year.", "sd"),
    ("B", "Uh-huh.", "b"),
    ("B", "Yeah.", "b"),
    ("B", "Where to?", "qw"),
    ("A", "Up north.", "sd"),
    ("B", "Oh.", "bk"),
)


def test_utterances_of_one_speaker_are_one_turn_and_a_backchannel_always_its_own():
    assert dialogue_text(TALK) == (
        "<A> I moved. Last year. / <B> Uh-huh. / <B> Yeah. / <B> Where to? / <A> Up north. / <B> Oh."
    )


def test_which_utterances_are_backchannels_can_be_said():
    assert dialogue_text(TALK, backchannels={6}) == (
        "<A> I moved. Last year. / <B> Uh-huh. Yeah. Where to? / <A> Up north. / <B> Oh."
    )


@pytest.mark.parametrize(
    ("at", "turns", "expected"),
    [
        (6, 1, "<A> Up north. / <B>"),
        (6, 2, "<B> Where to? / <A> Up north. / <B>"),
        (6, 3, "<B> Yeah. / <B> Where to? / <A> Up north. / <B>"),
        (6, 99, "<A> I moved. Last year. / <B> Uh-huh. / <B> Yeah. / <B> Where to? / <A> Up north. / <B>"),
        (2, 5, "<A> I moved. Last year. / <B>"),
        (1, 5, "<A> I moved. / <A>"),
        (0, 5, "<A>"),
        (6, 0, "<B>"),
    ],
)
def test_a_context_is_the_last_turns_and_ends_in_the_tag(at, turns, expected):
    assert context_text(TALK, at, turns) == expected


def test_a_context_and_the_utterance_are_how_the_dialogue_begins():
    whole = dialogue_text(TALK)

    for at in (2, 3, 6):
        assert whole.startswith(context_text(TALK, at, 99) + " " + TALK.turns[at].text)


def test_spans_are_the_words_of_backchannels():
    text = dialogue_text(TALK)

    assert [text[start:end] for start, end in backchannel_spans(TALK)] == ["Uh-huh.", "Yeah.", "Oh."]


def test_overlapped_words_are_marked_on_both_sides():
    dialogue = timed(("A", 0, 4, "we went up north", "sd"), ("B", 2.2, 2.8, "uh-huh", "b"), ("A", 4, 5, "once", "sd"))

    assert dialogue_text(dialogue) == "<A> we went { up } north / <B> [ uh-huh ] / <A> once"
    text = dialogue_text(dialogue)
    assert [text[start:end] for start, end in backchannel_spans(dialogue)] == ["uh-huh"]


def test_the_listener_is_who_backchannels_even_if_they_began_first():
    dialogue = timed(("B", 0, 1, "mhm", "b"), ("A", 0.5, 2.5, "so then", "sd"))

    assert dialogue_text(dialogue) == "<B> [ mhm ] / <A> { so } then"


def test_of_two_that_tell_who_began_later_stands_in_square_brackets():
    dialogue = timed(("A", 0, 2, "so then", "sd"), ("B", 1.5, 3.5, "but why", "qw"))

    assert dialogue_text(dialogue) == "<A> so { then } / <B> [ but ] why"


def test_words_without_times_are_taken_to_be_spread_evenly():
    turns = (Turn("A", "we went up north", (), 0, 4), Turn("B", "uh-huh", (), 2.2, 2.8, "b"))

    assert dialogue_text(Dialogue("d", turns)) == "<A> we went { up } north / <B> [ uh-huh ]"


def test_a_context_does_not_know_what_comes_with_or_after_the_utterance():
    dialogue = timed(
        ("A", 0, 4, "we went up north", "sd"),
        ("B", 2.2, 2.8, "uh-huh", "b"),
        ("B", 3.2, 3.4, "yeah", "b"),
    )

    assert context_text(dialogue, 1, 3) == "<A> we went up / <B>"
    assert context_text(dialogue, 2, 3) == "<A> we went { up } north / <B> [ uh-huh ] / <B>"


def test_an_utterance_that_had_not_begun_leaves_no_empty_turn():
    dialogue = timed(("A", 0, 2, "so then", "sd"), ("C", 3, 4, "well", "sd"), ("B", 3, 3.3, "mhm", "b"))

    assert context_text(dialogue, 2, 5) == "<A> so then / <B>"


def test_characters_that_mean_something_here_are_written_otherwise():
    dialogue = said(("A", "<laughter> either / or [sic] {x}", ""))

    assert dialogue_text(dialogue) == "<A> (laughter) either , or (sic) (x)"


def test_contexts_of_one_transcript_equal_those_made_one_by_one():
    transcript = Transcript(TALK)

    assert [transcript.context(at, 3) for at in range(7)] == [context_text(TALK, at, 3) for at in range(7)]
