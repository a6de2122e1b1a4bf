"""Praat TextGrids."""

import pytest

from corpus.dialogues import Turn, Word

SHORT = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n9\n<exists>\n'


def grid(*tiers):
    """Write tiers of (name, (start, end, text), …) in the short form."""
    body = [str(len(tiers))]
    for name, *intervals in tiers:
        body += ['"IntervalTier"', f'"{name}"', "0", "9", str(len(intervals))]
        body += [f'{start}\n{end}\n"{text}"' for start, end, text in intervals]
    return SHORT + "\n".join(body) + "\n"


def lines(dialogue):
    return [(turn.speaker, turn.start, turn.end, turn.text) for turn in dialogue.turns]


def test_both_channels_of_a_call_are_one_dialogue_on_one_clock(shared_data, read):
    (reading,) = read("textgrid", shared_data / "switchboard_word_timed")
    dialogue = reading.dialogue
    words = {tag: [word for turn in dialogue.turns if turn.speaker == tag for word in turn.words] for tag in "AB"}

    assert dialogue.key == "asr_4013"
    assert dialogue.speakers == {"A": "", "B": ""}
    assert lines(dialogue)[1] == ("B", 1.09, 3.4, "they have children uh")
    assert words["A"][:2] == [Word("okay", 0.26, 0.99), Word("they", 1.07, 1.25)]
    assert {tag: (len(found), found[-1].end) for tag, found in words.items()} == {"A": (444, 298.8), "B": (616, 299.05)}
    assert ["Ref" in note for note in reading.notes] == [True, True]


def test_all_tiers_of_both_channels_can_be_asked_for(shared_data, read):
    (reading,) = read("textgrid", shared_data / "switchboard_word_timed", "Hyp", "Ref")

    assert sorted(reading.dialogue.speakers) == ["A Hyp", "A Ref", "B Hyp", "B Ref"]
    assert reading.notes == ()


def test_one_channel_alone_is_a_dialogue_too(shared_data, read):
    (reading,) = read("textgrid", shared_data / "switchboard_word_timed" / "asr_4013A.TextGrid", "Ref")

    assert (reading.key, list(reading.dialogue.speakers)) == ("asr_4013A", ["Ref"])


def test_every_file_of_praatio_is_read_or_refused_with_a_reason(shared_data, read):
    readings = {one.key: one for one in read("textgrid", shared_data / "annotation_formats")}
    bobby = [("A", 0.06469123242311078, 1.1171482864527198, '"""BOBBY""" Noun RIPPED Verb THE Determiner LEDGER Noun')]
    mary = [("A", 0.3154201182247563, 1.5182538944627297, "mary rolled the barrel")]
    refused = readings.pop("praatio_bobby_phones_elan").faults
    told = {key: lines(one.dialogue) for key, one in readings.items()}

    assert told.pop("praatio_all_tiers_have_the_same_name") == [
        ("Mary", 0.06588581304037375, 0.2342878321396945, "Mary"),
        ("Mary (2)", 0.19395201918177338, 0.3341189692105493, "Maary"),
        ("Mary (3)", 0.4117654091545475, 0.5186553134930385, "Bob"),
    ]
    assert told == {
        "praatio_bobby_words_with_newlines": bobby,
        "praatio_bobby_words_with_newlines_longfile": bobby,
        "praatio_bobby_words_with_newlines_longfile_elan": bobby,
        "praatio_damon_set_test": [("A", 0.05127748605468781, 0.9166, "damon fried the omelet")],
        "praatio_mary": mary,
        "praatio_mary_longfile": mary,
        "praatio_mary_longfile_with_negative_zero": mary,
    }
    assert [(fault.what, fault.mend) for fault in refused] == [
        ("no tier is known to hold words; its tiers are 'phone'", "Name those that do with --tiers")
    ]


def test_what_was_refused_can_be_asked_for(shared_data, read):
    path = shared_data / "annotation_formats" / "praatio_bobby_phones_elan.TextGrid"
    (reading,) = read("textgrid", path, "phone")

    assert lines(reading.dialogue) == [
        ("phone", 0.06469123242311078, 1.1171482864527198, "B AA1 B IY0 R IH1 PT DH AH0 L EH1 JH ER0")
    ]


def test_long_and_short_forms_are_one(shared_data, read):
    folder = shared_data / "annotation_formats"
    short, long, zero = (
        read("textgrid", folder / f"praatio_mary{end}.TextGrid")[0].dialogue.turns
        for end in ("", "_longfile", "_longfile_with_negative_zero")
    )

    assert short == long == zero


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_encodings(write_text, read, encoding):
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    path = write_text("d.TextGrid", mark + grid(("A", (0, 1, "ja så"))), encoding)

    assert lines(read("textgrid", path)[0].dialogue) == [("A", 0.0, 1.0, "ja så")]


def test_tiers_of_utterances_stay_as_they_are_and_words_are_joined_up_to_a_pause(write_text, read):
    path = write_text(
        "d.TextGrid",
        grid(
            ("A", (0, 1, "well I moved"), (1, 1.1, ""), (1.1, 2, "up north")),
            ("B - words", (1.2, 1.4, "oh"), (1.8, 2, "yes"), (2.5, 3, "right")),
            ("B - phones", (1.2, 1.4, "ow")),
        ),
    )
    (named,) = read("textgrid", path)
    (asked,) = read("textgrid", path, "A", "B - words")

    assert lines(named.dialogue) == [("B", 1.2, 2.0, "oh yes"), ("B", 2.5, 3.0, "right")]
    assert lines(asked.dialogue)[:2] == [("A", 0.0, 1.0, "well I moved"), ("A", 1.1, 2.0, "up north")]


def test_words_are_preferred_to_utterances_of_the_same_speaker(write_text, read):
    tiers = [(f"{who} - {level}", (0, 1, level)) for who in "AB" for level in ("utterances", "words")]
    (reading,) = read("textgrid", write_text("d.TextGrid", grid(*tiers)))

    assert reading.dialogue.turns[0] == Turn("A", "words", (Word("words", 0, 1),), 0, 1)
    assert list(reading.dialogue.speakers) == ["A", "B"]


def test_remarks_and_quotes(write_text, read):
    text = SHORT + '1 ! one tier "only"\n"IntervalTier" "A" 0 9 1 0 9 "she said ""oh! <well> 3"""\n'

    assert lines(read("textgrid", write_text("d.TextGrid", text))[0].dialogue)[0][3] == 'she said "oh! <well> 3"'


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("", 1, "the file ends where the kind of file should be (a text in double quotes)"),
        ('"ooTextFile"\n"Pitch"', 2, "this is no TextGrid: it says 'Pitch' and not 'TextGrid'"),
        ("ooBinaryFile\x08TextGrid", 0, "this is a binary TextGrid"),
        ('"Praat chronological TextGrid text file"\n0 1', 1, "this is a chronological TextGrid"),
        (grid(("A", (0, 1, "oh"))).replace("IntervalTier", "Tier"), 8, "'Tier' is no class of tiers"),
        (grid(("A", ("x", 1, "oh"))), 15, "the end of item 1 in tier 'A' should be a number and is 'oh'"),
        (
            grid(("A", (0, 1, "oh"))).replace('"oh"', ""),
            14,
            "the file ends where the text of item 1 in tier 'A' should be",
        ),
        (grid(("A", (0, 1, "oh"))).replace('"oh"', '"oh'), 15, "a double quote is never closed"),
        (grid(("A", (1, 0, "oh"))), 13, "the end of the utterance, 0 s, is before its start, 1 s"),
        (grid(("A", (0, "1e999", "oh"))), 13, "a time of the utterance is not a finite number"),
        (SHORT.replace("<exists>", "<absent>"), 0, "no tier is known to hold words; its tiers are none"),
        (grid(("A", (0, 1, ""))), 0, "there are no utterances in it"),
        (SHORT + "1.5\n", 7, "the number of tiers should be a whole number and is 1.5"),
        (b"\xff\xfe\x00\xd8", 1, "the line is not UTF-16, as the file says it is"),
    ],
)
def test_malformed(write_text, faults, content, line, what):
    found = faults("textgrid", write_text("d.TextGrid", content))

    assert any(at == line and told.startswith(what) for at, told in found), found


def test_a_tier_that_is_not_there(write_text, faults):
    path = write_text("d.TextGrid", grid(("A", (0, 1, "oh"))))

    assert faults("textgrid", path, "B") == [(0, "there is no interval tier 'B'")]
