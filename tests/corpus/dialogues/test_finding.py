"""Backchannels by tag and by rule, and how well both agree."""

from dataclasses import replace

import pytest

from corpus.dialogues import Dialogue, Rule, Score, Turn, by_rule, by_tag, is_backchannel


def talk(*lines):
    """Make a dialogue of (speaker, text) or (speaker, start, end, text)."""
    turns = []
    for speaker, *times, text in lines:
        start, end = times or (None, None)
        turns.append(Turn(speaker, text, (), start, end))
    return Dialogue("d", tuple(turns))


@pytest.mark.parametrize("tag", ["b", "bh", "bk", "b@", "b^r", "bh^r", "b(^q)", "b;aa", "B*"])
def test_tags_and_their_variants(tag):
    assert is_backchannel(tag)


@pytest.mark.parametrize("tag", ["", "b^m", "ba", "bf", "br", "bd", "aa", "sd;b", "%"])
def test_other_tags(tag):
    assert not is_backchannel(tag)


def test_which_tags_count_can_be_said():
    dialogue = Dialogue("d", (Turn("A", "well", tag="aa"), Turn("B", "yeah", tag="b")))

    assert (by_tag(dialogue), by_tag(dialogue, ["aa"])) == ([1], [0])


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([("A", "I moved."), ("B", "Uh-huh."), ("A", "Up north.")], [1]),
        ([("A", "I moved."), ("B", "Moved where?")], []),
        ([("A", "I moved."), ("B", "Yeah, yeah, yeah, yeah.")], []),
        ([("A", "Did you move?"), ("B", "Yeah.")], []),
        ([("B", "Yeah."), ("A", "I moved.")], []),
        ([("A", "I moved."), ("B", "Well."), ("B", "Yeah.")], []),
        ([("A", "I moved."), ("B", "Yeah."), ("B", "Well.")], [1]),
        ([("A", "I moved."), ("B", "-- ."), ("A", "So.")], []),
    ],
)
def test_the_rule_without_times(lines, found):
    assert by_rule(talk(*lines)) == found


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([("A", 0, 2, "I moved"), ("B", 2.1, 2.4, "yeah"), ("A", 2.5, 4, "up north")], [1]),
        ([("A", 0, 4, "I moved up"), ("B", 2.1, 2.4, "yeah"), ("B", 2.71, 4, "where")], [1]),
        ([("A", 0, 4, "I moved up"), ("B", 2.1, 2.4, "yeah"), ("B", 2.6, 4, "where")], []),
        ([("A", 0, 4, "I moved up"), ("B", 1.5, 2, "so"), ("B", 2.1, 2.4, "yeah")], []),
        ([("A", 0, 4, "I moved up"), ("B", 2.1, 3.2, "yeah")], []),
        ([("A", 0, 2, "I moved"), ("B", 3.6, 3.9, "yeah")], []),
        ([("A", 0, 4, "did you move?"), ("B", 2.1, 2.4, "yeah")], [1]),
        ([("A", 0, 2, "did you move?"), ("B", 2.1, 2.4, "yeah")], []),
    ],
)
def test_the_rule_with_times(lines, found):
    assert by_rule(talk(*lines)) == found


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        ({"words": "ja precis"}, [("A", "jag flyttade"), ("B", "ja precis")]),
        ({"max_words": 4}, [("A", "I moved"), ("B", "yeah yeah yeah yeah")]),
        ({"max_seconds": 1.2}, [("A", 0, 4, "I moved"), ("B", 2.0, 3.1, "yeah")]),
        ({"silence": 0.1}, [("A", 0, 4, "I moved"), ("B", 2, 2.4, "yeah"), ("B", 2.6, 3, "why")]),
        ({"reach": 2.0}, [("A", 0, 2, "I moved"), ("B", 3.6, 3.9, "yeah")]),
        ({"answers": True}, [("A", "did you?"), ("B", "yeah")]),
    ],
)
def test_each_parameter_decides(changed, lines):
    assert by_rule(talk(*lines)) == []
    assert by_rule(talk(*lines), replace(Rule(), **changed)) == [1]


def test_followed_by_another_speaker_can_be_asked_for():
    dialogue = talk(("A", "I moved."), ("B", "Yeah."), ("B", "Well."))

    assert by_rule(dialogue, Rule(followed=True)) == []


def test_scores_add_up():
    score = Score.of([1, 2, 3], [2, 3, 4, 5]) + Score.of([7], [])

    assert score == Score(both=2, rule_only=2, tag_only=2)
    assert (score.precision, score.recall, score.f1) == (0.5, 0.5, 0.5)
    assert (Score().precision, Score().recall, Score().f1) == (None, None, None)
    assert (Score(rule_only=2).precision, Score(rule_only=2).recall) == (0.0, None)
