"""ELAN files."""

import csv

import pytest

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<ANNOTATION_DOCUMENT>\n'
SLOTS = (
    '<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="1000"/><TIME_SLOT TIME_SLOT_ID="t2"/>\n'
    '<TIME_SLOT TIME_SLOT_ID="t3" TIME_VALUE="2000"/><TIME_SLOT TIME_SLOT_ID="t4"/></TIME_ORDER>\n'
)


def tier(name, *annotations, **given):
    named = "".join(f' {key}="{value}"' for key, value in given.items())
    body = "".join(f"<ANNOTATION>{one}</ANNOTATION>\n" for one in annotations)
    return f'<TIER TIER_ID="{name}"{named}>\n{body}</TIER>\n'


def aligned(key, start, end, text):
    return (
        f'<ALIGNABLE_ANNOTATION ANNOTATION_ID="{key}" TIME_SLOT_REF1="{start}" TIME_SLOT_REF2="{end}">'
        f"<ANNOTATION_VALUE>{text}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>"
    )


def depending(key, parent, text):
    return (
        f'<REF_ANNOTATION ANNOTATION_ID="{key}" ANNOTATION_REF="{parent}">'
        f"<ANNOTATION_VALUE>{text}</ANNOTATION_VALUE></REF_ANNOTATION>"
    )


def eaf(*tiers):
    return HEAD + SLOTS + "".join(tiers) + "</ANNOTATION_DOCUMENT>\n"


def lines(dialogue):
    return [(turn.speaker, turn.start, turn.end, turn.text) for turn in dialogue.turns]


def test_utterances_equal_those_that_elan_exported(shared_data, read):
    folder = shared_data / "annotation_formats"
    (reading,) = read("eaf", folder / "speach_test.eaf")
    with (folder / "speach_test.eaf.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter="\t") if row[0] == "Person1 (Utterance)"]

    assert reading.dialogue.speakers == {"P001": "P001"}
    assert [(f"{t.start:.3f}", f"{t.end:.3f}", t.text) for t in reading.dialogue.turns] == [
        (row[2], row[3], row[5]) for row in rows
    ]


def test_every_tier_equals_what_elan_exported(shared_data, read):
    """Also those that depend on another and have no times of their own."""
    folder = shared_data / "annotation_formats"
    with (folder / "speach_test.eaf.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t"))
    names = sorted({row[0] for row in rows})

    assert len(names) > 3
    for name in names:
        (reading,) = read("eaf", folder / "speach_test.eaf", name)
        assert [(f"{t.start:.3f}", f"{t.end:.3f}", t.text) for t in reading.dialogue.turns] == [
            (row[2], row[3], " ".join(row[5].split())) for row in rows if row[0] == name and row[5]
        ]


def test_all_real_files(shared_data, read):
    readings = {one.key: one for one in read("eaf", shared_data / "annotation_formats")}

    assert {key: len(one.dialogue.turns) for key, one in readings.items()} == {
        "speach_fables": 16,
        "speach_test": 8,
        "speach_test2": 8,
    }
    assert readings["speach_test2"].dialogue.speakers == {"P001": "P001", "R004001": "R004001"}
    assert "'marker'" in readings["speach_test"].notes[0]


def test_without_participants_every_independent_tier_is_a_speaker(write_text, read):
    path = write_text(
        "d.eaf",
        eaf(
            tier("A", aligned("a1", "t1", "t3", "we  went")),
            tier("B", aligned("a2", "t2", "t3", "oh")),
            tier("gloss", depending("a3", "a1", "x"), PARENT_REF="A"),
        ),
    )

    assert lines(read("eaf", path)[0].dialogue) == [("A", 1.0, 2.0, "we went"), ("B", 1.5, 2.0, "oh")]


def test_what_depends_shares_the_time_of_what_it_depends_on(write_text, read):
    path = write_text(
        "d.eaf",
        eaf(
            tier("A", aligned("a1", "t1", "t3", "we went")),
            tier("words", depending("a2", "a1", "we"), depending("a3", "a1", "went"), PARENT_REF="A"),
        ),
    )

    assert lines(read("eaf", path, "words")[0].dialogue) == [("words", 1.0, 1.5, "we"), ("words", 1.5, 2.0, "went")]


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (
            eaf(tier("A", aligned("a1", "t1", "t4", "oh"))),
            6,
            "annotation a1 begins or ends at time slot 't4', which has",
        ),
        (
            eaf(tier("A", aligned("a1", "t1", "t9", "oh"))),
            6,
            "annotation a1 begins or ends at time slot 't9', which has",
        ),
        (eaf(tier("A", aligned("a1", "t3", "t1", "oh"))), 6, "the end of the utterance, 1 s, is before its start, 2 s"),
        (eaf(tier("A", depending("a1", "a7", "oh"))), 6, "annotation a1 belongs to 'a7', which leads to no time"),
        (eaf(tier("A", depending("a1", "a1", "oh"))), 6, "annotation a1 belongs to 'a1', which leads to no time"),
        (eaf(tier("A")), 0, "there are no utterances in it"),
        (eaf(), 0, "there are no utterances in it"),
        (eaf(tier("A", aligned("a1", "t1", "t3", "oh")))[:-30], 7, "the XML breaks off ("),
        (HEAD + '<TIME_SLOT TIME_VALUE="1"/>', 3, "TIME_SLOT has no TIME_SLOT_ID"),
        (
            HEAD + '<TIME_SLOT TIME_SLOT_ID="t" TIME_VALUE="1.5"/>',
            3,
            "the time '1.5' is no whole number of milliseconds",
        ),
        ("<TEI/>", 1, "this is no ELAN file: its first element is TEI"),
        ('<!DOCTYPE x [<!ENTITY a "b">]>\n<x/>', 1, "it declares a document type, which ELAN never does"),
        ("", 1, "the XML breaks off (no element found)"),
    ],
)
def test_malformed(write_text, faults, content, line, what):
    found = faults("eaf", write_text("d.eaf", content))

    assert any(at == line and told.startswith(what) for at, told in found), found


def test_a_tier_that_is_not_there(write_text, faults):
    path = write_text("d.eaf", eaf(tier("A", aligned("a1", "t1", "t3", "oh"))))

    assert faults("eaf", path, "B")[0] == (0, "there is no tier 'B'")
