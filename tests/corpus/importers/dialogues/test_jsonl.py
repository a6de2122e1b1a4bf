"""`dialogues.jsonl`."""

import json

import pytest

from corpus.dialogues import Turn, Word

LINE = {
    "dialogue": "sw2005",
    "topic": "pets",
    "year": 1992,
    "speakers": {"A": "1017", "B": None},
    "turns": [
        {
            "speaker": "A",
            "start": 0.5,
            "end": 2.1,
            "words": [{"word": "well", "start": 0.5, "end": 0.7}, {"word": "så", "start": 1, "end": 2.1}],
            "tag": "sd",
        },
        {"speaker": "B", "text": "Uh-huh.", "start": 2, "end": 2.2, "tag": None},
        {"speaker": "B", "words": ["oh", "yes"], "start": 3, "end": 3.5},
    ],
}


def test_a_dialogue_with_everything(write_text, read):
    (reading,) = read("jsonl", write_text("d.jsonl", json.dumps(LINE) + "\n\n"))

    assert reading.dialogue.key == "sw2005"
    assert reading.dialogue.speakers == {"A": "1017", "B": ""}
    assert reading.dialogue.attributes == {"topic": "pets", "year": "1992"}
    assert reading.dialogue.turns == (
        Turn("A", "well så", (Word("well", 0.5, 0.7), Word("så", 1.0, 2.1)), 0.5, 2.1, "sd"),
        Turn("B", "Uh-huh.", (), 2.0, 2.2),
        Turn("B", "oh yes", (), 3.0, 3.5),
    )


def test_times_of_words_give_those_of_the_turn(write_text, read):
    line = {"dialogue": "d", "turns": [{"speaker": "A", "words": [{"word": "oh", "start": 1, "end": 2}]}]}
    (reading,) = read("jsonl", write_text("d.jsonl", json.dumps(line)))

    assert (reading.dialogue.turns[0].start, reading.dialogue.turns[0].end) == (1.0, 2.0)


def changed(path, value):
    """The line with one value replaced; None takes it away."""
    line = json.loads(json.dumps(LINE))
    place = line
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(line)


@pytest.mark.parametrize(
    ("path", "value", "column", "what"),
    [
        (["dialogue"], None, "dialogue", "it is missing"),
        (["dialogue"], 7, "dialogue", "it is 7"),
        (["dialogue"], "", "dialogue", "the dialogue is not named"),
        (["turns"], {}, "turns", "it is {}"),
        (["turns"], [], "", "there are no utterances in it"),
        (["speakers"], [], "speakers", "it is []"),
        (["split"], "dev", "split", "'dev' is no part"),
        (["turns", 0], "oh", "turns[0]", 'it is "oh"'),
        (["turns", 0, "speaker"], None, "turns[0].speaker", "it is missing"),
        (["turns", 0, "start"], "0.5", "turns[0].start", "'0.5' is not a number of seconds"),
        (["turns", 0, "end"], 0.1, "end", "the end of the utterance, 0.1 s, is before its start, 0.5 s"),
        (["turns", 0, "words", 1], 3, "turns[0].words[1]", "it is 3"),
        (["turns", 0, "words", 1, "word"], None, "turns[0].words[1].word", "it is missing"),
        (["turns", 0, "words", 1, "start"], None, "turns[0].words[1]", "it has only one of start and end"),
        (["turns", 0, "words", 1, "end"], 0.9, "end", "the end of 'så', 0.9 s, is before its start, 1 s"),
        (["turns", 1, "text"], " ", "", "the utterance has no words"),
        (["turns", 1, "text"], "\ud800", "", "there is a character in it that no database keeps (NUL or half a pair)"),
        (["turns", 1, "start"], True, "turns[1].start", "'True' is not a number of seconds"),
        (["turns", 1, "start"], float("nan"), "turns[1].start", "'nan' is not a number of seconds"),
        (["turns", 1, "end"], 10**30, "turns[1].end", f"'{10**30}' is not a number of seconds"),
    ],
)
def test_malformed_values(write_text, read, path, value, column, what):
    first, second = read("jsonl", write_text("d.jsonl", changed(path, value) + "\n" + json.dumps(LINE)))

    assert [(fault.line, fault.column, fault.what) for fault in first.faults] == [(1, column, what)]
    assert second.dialogue is not None


@pytest.mark.parametrize(
    ("content", "line", "start"),
    [
        ('{"dialogue": "d", \n', 1, "this is no JSON ("),
        (json.dumps(LINE) + "\n[]\n", 2, "it is []"),
        ("", 0, "there are no utterances in it"),
        ("[" * 100_000, 1, "its lists and objects are nested too deeply"),
        (b'{"dialogue": "\xe5"}', 1, "byte 15 of the line is not UTF-8"),
    ],
)
def test_malformed_lines(write_text, faults, content, line, start):
    ((found, what),) = faults("jsonl", write_text("d.jsonl", content))

    assert found == line
    assert what.startswith(start)
