"""YAML with lines, in which words mean what they say."""

import pytest

from annotations.study_file.source import read_yaml
from corpus.errors import ImportFaultsError


def faults(text: str | bytes) -> list[str]:
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ImportFaultsError) as caught:
        read_yaml(raw, file="study.yaml")
    return [str(fault) for fault in caught.value.faults]


def test_values_and_their_lines():
    source = read_yaml(b"a: 1\nb:\n  - x\n  - {c: 1.5, d: true, e: }\n", file="study.yaml")
    assert source.data == {"a": 1, "b": ["x", {"c": 1.5, "d": True, "e": None}]}
    assert source.lines[("a",)] == 1
    assert source.lines[("b", 0)] == 3
    assert source.lines[("b", 1, "d")] == 4


def test_words_are_words():
    source = read_yaml(b"no: [yes, off, 012, 12:30, 2020-01-01, .nan, 1_000]", file="study.yaml")
    assert source.data == {"no": ["yes", "off", "012", "12:30", "2020-01-01", ".nan", "1_000"]}


def test_a_question_mark_ends_no_text():
    source = read_yaml(b"title: {en: How do you hear it?, sv: Hur l\xc3\xa5ter det?}", file="study.yaml")
    assert source.data == {"title": {"en": "How do you hear it?", "sv": "Hur låter det?"}}


def test_aliases_and_merged_keys_are_read():
    source = read_yaml(b"a: &ends [low, high]\nb: &all {x: 1}\nc: {<<: *all, ends: *ends}\n", file="study.yaml")
    assert source.data["c"] == {"x": 1, "ends": ["low", "high"]}


def test_a_fault_is_shown_at_the_nearest_key_that_was_written():
    source = read_yaml(b"slug: a\ntasks:\n  one:\n    show: []\n", file="study.yaml")
    fault = source.fault(("tasks", "one", "questions"), "it is missing", "Add it")
    assert str(fault) == "study.yaml:3 (tasks.one.questions): it is missing. Add it"


def test_every_repeated_key_is_a_fault():
    assert faults("a: {x: 1, x: 2}\nb: 1\na: 3\n") == [
        "study.yaml:3 (a): this key is also in line 1. Keep one of the two",
        "study.yaml:1 (a.x): this key is also in line 1. Keep one of the two",
    ]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb:\n\tc: 1\n", 3, "a tab is used as indentation"),
        ("a: 1\nb: {c: [d}\n", 2, "this is not YAML"),
        ("a: How: do", 1, "mapping values are not allowed"),
        ("a: *b\n", 1, "found undefined alias"),
        ("a: 1\n---\nb: 2\n", 2, "expected a single document"),
        ("a: 1\nb: \x07\n", 2, "an invisible character (U+0007)"),
        (b"a: 1\nb: \xe5\n", 2, "this is not UTF-8 text"),
        ("", 1, "this is not a study file"),
        ("- a\n", 1, "this is not a study file"),
        ("a: &x {b: *x}\n", 1, "this is part of itself"),
        ("1: a\n", 1, "the key 1 is no text"),
        ("a: !!python/object:os.system 1\n", 1, "means nothing here"),
        ("a: !!timestamp x\n", 1, "means nothing here"),
    ],
)
def test_what_is_no_study_file_is_told_with_its_line(text: str | bytes, line: int, what: str):
    (fault,) = faults(text)
    assert fault.startswith(f"study.yaml:{line}")
    assert what in fault


def test_nesting_without_end_is_a_fault():
    (fault,) = faults("a: " + "[" * 5000 + "]" * 5000)
    assert "this is not YAML" in fault
