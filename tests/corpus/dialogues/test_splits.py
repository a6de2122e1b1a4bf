"""Parts that share nothing."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.dialogues import SplitOverlapError, check_splits, make_splits

PEOPLE = {f"d{n:02d}": (f"p{n // 2}", f"q{n}") for n in range(40)}


def test_parts_have_their_shares_and_share_nobody():
    parts = make_splits(PEOPLE, seed=1)

    assert Counter(parts.values()) == {"train": 32, "validation": 4, "test": 4}
    check_splits((key, part, PEOPLE[key]) for key, part in parts.items())


def test_the_seed_decides():
    assert make_splits(PEOPLE, seed=1) == make_splits(dict(reversed(PEOPLE.items())), seed=1)
    assert make_splits(PEOPLE, seed=1) != make_splits(PEOPLE, seed=2)


def test_without_known_people_every_dialogue_stands_alone():
    parts = make_splits({f"d{n}": ("", "") for n in range(10)}, seed=0)

    assert Counter(parts.values()) == {"train": 8, "validation": 1, "test": 1}


def test_who_is_linked_through_others_stays_together():
    parts = make_splits({"a": ["1", "2"], "b": ["2", "3"], "c": ["3", "4"], "d": ["9"], "e": ["8"]}, seed=0)

    assert parts["a"] == parts["b"] == parts["c"] == "train"


@given(
    st.dictionaries(st.integers(0, 50).map(str), st.sets(st.integers(0, 30).map(str), max_size=3)), st.integers(0, 9)
)
def test_made_parts_never_overlap(people, seed):
    parts = make_splits(people, seed=seed)

    assert parts.keys() == people.keys()
    check_splits((key, part, people[key]) for key, part in parts.items())


def test_a_planted_person_is_caught():
    placed = [("d1", "train", ["ann", "bo"]), ("d2", "test", ["cy", "ann"]), ("d3", "validation", ["di", ""])]

    with pytest.raises(SplitOverlapError, match="person 'ann' is in test, train") as caught:
        check_splits(placed)
    assert caught.value.overlaps == (("person", "ann", ("test", "train")),)


def test_a_planted_dialogue_is_caught():
    with pytest.raises(SplitOverlapError, match="dialogue 'd1' is in test, train"):
        check_splits([("d1", "train", []), ("d1", "test", [])])


def test_unknown_people_and_no_part_are_no_overlap():
    check_splits([("d1", "train", [""]), ("d2", "test", [""]), ("d1", "", ["ann"])])
