"""Formats of lines: Switchboard dialogue acts, word-timed Switchboard, Fisher transcripts, CSV."""

from collections import Counter

import pytest

from corpus.dialogues import Turn, Word, form_of
from corpus.services.summary import Range


def test_all_of_switchboard_dialogue_acts(shared_data, read):
    dialogues = [one.dialogue for one in read("swda", shared_data / "swda_text")]
    turns = [turn for dialogue in dialogues for turn in dialogue.turns]
    tags = Counter(turn.tag for turn in turns)
    forms = Counter(form_of(turn.text) for turn in turns if turn.tag == "b")

    assert Counter(one.attributes["split"] for one in dialogues) == {"train": 1115, "test": 19, "validation": 21}
    assert len(turns) == 199_740
    assert (tags["b"], tags["bh"], tags["bk"]) == (38_281, 1_053, 1_306)
    assert forms.most_common(4) == [("uh-huh", 14_588), ("yeah", 13_373), ("right", 3_620), ("oh", 1_275)]
    assert {tuple(sorted(one.speakers)) for one in dialogues} == {("A", "B")}


def test_a_folder_without_parts_and_a_single_file(write_text, read):
    path = write_text("some/2005.txt", 'A|Okay.|fo_o_fw_"_by_bc\r\n\r\nB|Uh-huh. |b\r\n')
    (reading,) = read("swda", path.parent)

    assert reading == read("swda", path)[0]
    assert reading.dialogue.key == "2005"
    assert reading.dialogue.turns == (Turn("A", "Okay.", tag='fo_o_fw_"_by_bc'), Turn("B", "Uh-huh.", tag="b"))
    assert reading.dialogue.attributes == {}


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("A|oh|b\nB|yes\n", 2, "the line has 2 parts between | and not 3"),
        ("A|oh|b\n|yes|b\n", 2, "the speaker is not named"),
        ("A|oh|b\nA||b\n", 2, "the utterance has no words"),
        ("A|oh|b\nA|o\0h|b\n", 2, "there is a character in it that no database keeps (NUL or half a pair)"),
        (b"A|oh|b\nA|\xe5h|b\n", 2, "byte 3 of the line is not UTF-8"),
        ("", 0, "there are no utterances in it"),
        (f"A|oh|{'x' * 81}\n", 1, "81 characters are too many"),
    ],
)
def test_malformed_dialogue_acts(write_text, faults, content, line, what):
    assert faults("swda", write_text("2005.txt", content)) == [(line, what)]


def test_all_faults_of_a_file_are_told(write_text, faults):
    assert [line for line, _ in faults("swda", write_text("1.txt", "A|b\nB|yes|b\n|x|\nC\n"))] == [1, 3, 4]


def test_word_timed_switchboard(shared_data, read):
    path = shared_data / "switchboard_word_timed" / "swbd_disf_heldout_data_timings.csv"
    dialogues = [one.dialogue for one in read("swbd-timed", path)]
    turns = [turn for dialogue in dialogues for turn in dialogue.turns]
    tags = Counter(turn.tag for turn in turns)
    seconds = [turn.end - turn.start for turn in turns if turn.tag in ("b", "bh", "bk")]

    assert (len(dialogues), sum(len(one.speakers) for one in dialogues)) == (51, 102)
    assert sum(len(turn.words) for turn in turns) == 47_604
    assert (tags["b"], tags["bh"], tags["bk"]) == (981, 21, 36)
    assert round(Range.of(seconds).middle, 3) == 0.367
    assert tags['fo_o_fw_"_by_bc'] > 0
    assert not any("$" in word.word for turn in turns for word in turn.words)
    for dialogue in dialogues:
        starts = [turn.start for turn in dialogue.turns]
        assert starts == sorted(starts)


WORD = '(1:0:{})\t{}\t{}\t{}\tUH\t<e/><tc/><diact type="{}"/>'


def lines(*given):
    return "\n".join(given) + "\n"


def test_words_of_one_utterance_and_both_channels_come_together(write_text, read):
    path = write_text(
        "t.csv",
        lines(
            "Speaker: 4519A",
            WORD.format(1, 2.5, 2.7, "your", "sd"),
            WORD.format(2, 2.7, 3.0, "$unc$turn", "sd"),
            WORD.format(3, 3.1, 3.3, "yeah", "b"),
            "",
            "Speaker: 4519B",
            WORD.format(1, 1.0, 1.5, "mhm", "b"),
        ),
    )
    (reading,) = read("swbd-timed", path)

    assert reading.dialogue.turns == (
        Turn("B", "mhm", (Word("mhm", 1.0, 1.5),), 1.0, 1.5, "b"),
        Turn("A", "your turn", (Word("your", 2.5, 2.7), Word("turn", 2.7, 3.0)), 2.5, 3.0, "sd"),
        Turn("A", "yeah", (Word("yeah", 3.1, 3.3),), 3.1, 3.3, "b"),
    )


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (lines(WORD.format(1, 1, 2, "oh", "b")), 1, "there is a word before the first channel"),
        (lines("Speaker: 45", WORD.format(1, 1, 2, "oh", "b")), 1, "'Speaker: 45' names no channel"),
        (lines("Speaker: 45A", "(1:1:1)\t1\t2"), 2, "the line has 3 cells between tabs and not 6"),
        (lines("Speaker: 45A", "(1:1)\t1\t2\toh\tUH\t<diact type='b'/>"), 2, "'(1:1)' cannot be read"),
        (lines("Speaker: 45A", "(1:1:1)\t1\t2\toh\tUH\t<e/>"), 2, "'<e/>' cannot be read"),
        (lines("Speaker: 45A", WORD.format(1, "x", 2, "oh", "b")), 2, "'x' is not a number of seconds"),
        (
            lines("Speaker: 45A", WORD.format(1, 2, 1, "oh", "b")),
            2,
            "the end of the utterance, 1 s, is before its start, 2 s",
        ),
        (
            lines("Speaker: 45A", "Speaker: 45A", WORD.format(1, 1, 2, "oh", "b")),
            2,
            "channel A of 45 was there already",
        ),
    ],
)
def test_malformed_word_times(write_text, faults, content, line, what):
    assert (line, what) in faults("swbd-timed", write_text("t.csv", content))


def test_fisher(write_text, read):
    path = write_text(
        "fe_03_00001.txt",
        "# fe_03_00001.sph\n# transcribed\n\n12.30 14.05 A: I ((think  so))\n1 2.5 B: mhm\n3 4 B: (( ))\n",
    )
    (reading,) = read("fisher", path)

    assert reading.dialogue.key == "fe_03_00001"
    assert reading.dialogue.turns == (Turn("B", "mhm", (), 1, 2.5), Turn("A", "I think so", (), 12.3, 14.05))
    assert reading.notes == (f"{path}: line 6: nothing could be understood in it; it was passed over",)


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("1 2 A: oh\n1 2 oh\n", 2, "the line is no utterance"),
        ("1 x A: oh\n", 1, "'x' is not a number of seconds"),
        ("2 1 A: oh\n", 1, "the end of the utterance, 1 s, is before its start, 2 s"),
        ("-2 1 A: oh\n", 1, "the utterance begins at -2 s"),
        ("nan 1 A: oh\n", 1, "'nan' is not a number of seconds"),
        ("# nothing\n", 0, "there are no utterances in it"),
    ],
)
def test_malformed_fisher(write_text, faults, content, line, what):
    assert faults("fisher", write_text("fe.txt", content)) == [(line, what)]


def test_csv(write_text, read):
    path = write_text(
        "talk.csv",
        'speaker,start,end,text,tag,person,note\nA,1,2.5,"I moved, once",sd,ann,x\n'
        "B,-0,0.4,Ja så,b,,\nA,3,4,well,,ann,\n",
    )
    (reading,) = read("csv", path)

    assert reading.dialogue.key == "talk"
    assert reading.dialogue.speakers == {"A": "ann", "B": ""}
    assert [turn.text for turn in reading.dialogue.turns] == ["Ja så", "I moved, once", "well"]
    assert str(reading.dialogue.turns[0].start) == "0.0"


def test_csv_of_several_dialogues(write_text, read):
    path = write_text("all.csv", "dialogue,speaker,text\nd1,A,hi\nd2,A,ho\nd1,B,oh\n")

    assert {one.key: [turn.text for turn in one.dialogue.turns] for one in read("csv", path)} == {
        "d1": ["hi", "oh"],
        "d2": ["ho"],
    }


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        ("speaker,start,end\nA,1,2\n", 1, "this column is missing"),
        ("speaker,text,start,end\nA,oh,one,2\n", 2, "'one' is not a number of seconds"),
        ("speaker,text,start,end\nA,oh,1,\n", 2, "it has only one of start and end"),
        ("speaker,text\nA,\n", 2, "the utterance has no words"),
        ("speaker,text,person\nA,oh,ann\nA,oh,bo\n", 3, "speaker A is 'bo' here and was 'ann' before"),
        ("dialogue,speaker,text\n,A,oh\n", 2, "the dialogue is not named"),
        ("speaker,text\n", 0, "there are no utterances in it"),
        ("", 0, "the file is empty"),
    ],
)
def test_malformed_csv(write_text, faults, content, line, what):
    assert (line, what) in faults("csv", write_text("talk.csv", content))


def test_a_bad_dialogue_of_a_csv_leaves_the_others(write_text, read):
    path = write_text("all.csv", "dialogue,speaker,text\nd1,A,hi\nd2,A,\nd1,B,oh\n")

    assert {one.key: one.dialogue is not None for one in read("csv", path)} == {"d1": True, "d2": False}
