"""Extracting backchannels: by tag or rule, with parts that share nobody, the same once and on both databases."""

import json
from collections import Counter

import pytest

from corpus.dialogues import SplitOverlapError
from corpus.errors import DomainError
from corpus.models import Backchannel, Extraction
from corpus.queries.dialogues import Item, items_of, marked_dialogues_of
from corpus.services import extract_backchannels, import_dialogues

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture
def corpus(write_dialogues):
    """Ten dialogues of 20 people."""
    path = write_dialogues(10, people=lambda n: {"A": f"a{n}", "B": f"b{n}"})
    return import_dialogues(path=path, corpus_slug="test", format_name="jsonl").corpus


def do(**given):
    method = given.pop("method", None)
    return extract_backchannels(corpus_slug="test", method=method, given=given)


def test_by_tag_with_contexts(corpus):
    extraction = do()
    items = list(items_of(extraction, turns=(1, 3)))

    assert (extraction.method, extraction.item_count, len(items)) == ("tag", 20, 20)
    assert items[0] == Item(
        dialogue="d00",
        position=1,
        speaker="B",
        person="b0",
        text="uh-huh",
        form="uh-huh",
        start=3.1,
        end=3.4,
        overlap=False,
        split=extraction.parts["d00"],
        contexts={1: "<A> so we moved to town number 0 / <B>", 3: "<A> so we moved to town number 0 / <B>"},
    )
    assert (items[1].form, items[1].overlap) == ("right", True)
    assert items[1].contexts[3] == ("<A> so we moved to town number 0 / <B> uh-huh / <A> and then we / <B>")


def test_parts_are_those_of_dialogues_and_can_be_streamed_alone(corpus):
    extraction = do(seed="3")
    by_part = {part: list(items_of(extraction, part)) for part in ("train", "validation", "test")}

    assert {part: len(items) for part, items in by_part.items()} == {"train": 16, "validation": 2, "test": 2}
    assert all(item.split == part for part, items in by_part.items() for item in items)
    assert Counter(extraction.parts.values()) == {"train": 8, "validation": 1, "test": 1}
    assert [(one.key, at) for one, at in marked_dialogues_of(extraction, "test")] == [
        (by_part["test"][0].dialogue, frozenset({1, 3}))
    ]
    assert len(list(marked_dialogues_of(extraction))) == 10


def test_by_rule_with_its_parameters_recorded_and_compared_with_the_tags(corpus):
    extraction = do(method="rule", words="uh-huh", silence="0.2")
    found = Backchannel.objects.filter(extraction=extraction).values_list("form", flat=True)

    assert Counter(found) == {"uh-huh": 10}
    assert extraction.parameters["found_by"]["words"] == "uh-huh"
    assert extraction.parameters["found_by"]["silence"] == 0.2
    assert extraction.parameters["splits"] == {"by": "speaker", "seed": 0, "shares": "0.8 0.1 0.1"}
    assert extraction.figures["rule_against_tags"] == {
        "both": 10,
        "rule_only": 0,
        "tag_only": 10,
        "precision": 1.0,
        "recall": 0.5,
        "f1": pytest.approx(2 / 3),
    }


def test_figures(corpus):
    figures = do().figures

    assert figures["utterances"] == 60
    assert figures["forms"] == [["uh-huh", 10], ["right", 10]]
    assert figures["overlapping"] == 10
    assert figures["seconds"] == pytest.approx([0.3, 0.4, 0.4])
    assert figures["rule_against_tags"]["f1"] == 1.0


def test_without_tags_the_rule_is_taken_and_nothing_is_scored(write_dialogues):
    path = write_dialogues(2)
    path.write_text(
        path.read_text().replace('"sd"', '""').replace('"b"', '""').replace('"bk"', '""').replace('"qw"', '""')
    )
    import_dialogues(path=path, corpus_slug="test", format_name="jsonl")
    extraction = do()

    assert (extraction.method, extraction.item_count) == ("rule", 4)
    assert extraction.figures["rule_against_tags"] is None


def test_the_same_is_extracted_once_and_its_digest_is_the_same_on_any_database(corpus):
    first = do()

    assert do() == first
    assert do(tags="b bh bk") == first
    assert Extraction.objects.count() == 1
    assert first.digest == "66b4b9613585cdec4eb913c045b36170a58c94d6e096c8a0470ed457f24d8c2b"
    assert do(tags="b") != first
    assert do(seed="1") != first
    assert Backchannel.objects.count() == 20 + 10 + 20


def test_more_dialogues_are_another_extraction(corpus, write_dialogues):
    first = do()
    import_dialogues(
        path=write_dialogues(11, people=lambda n: {"A": f"a{n}", "B": f"b{n}"}), corpus_slug="test", format_name="jsonl"
    )

    assert do().item_count == first.item_count + 2
    assert len(list(items_of(first))) == 20


def test_people_who_meet_stay_in_one_part_unless_only_dialogues_count(write_dialogues):
    path = write_dialogues(10, people=lambda n: {"A": f"a{n // 5}"})
    import_dialogues(path=path, corpus_slug="test", format_name="jsonl")

    assert Counter(do().parts.values()) == {"train": 10}  # two groups of five, and no part lacks five but this
    assert Counter(do(by="dialogue").parts.values()) == {"train": 8, "validation": 1, "test": 1}


def in_parts(write_dialogues, people):
    """Import four dialogues that came in parts: train, train, validation, test."""
    path = write_dialogues(4, people=people)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line, part in zip(lines, ("train", "train", "validation", "test"), strict=True):
        line["split"] = part
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    import_dialogues(path=path, corpus_slug="test", format_name="jsonl")


def test_a_corpus_keeps_the_parts_it_came_in(write_dialogues):
    in_parts(write_dialogues, people=lambda n: {"A": f"a{n}"})
    extraction = do()

    assert extraction.parts == {"d00": "train", "d01": "train", "d02": "validation", "d03": "test"}
    assert extraction.parameters["splits"]["by"] == "corpus"


def test_a_planted_overlap_in_the_parts_of_a_corpus_is_caught(write_dialogues):
    in_parts(write_dialogues, people=lambda n: {"A": f"a{n % 3}"})

    with pytest.raises(SplitOverlapError, match="person 'a0' is in test, train"):
        do()
    assert Extraction.objects.count() == 0
    assert Counter(do(by="speaker").parts.values())["train"] >= 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"colour": "red"}, "Method tag has no parameter 'colour'. It has: by, seed, shares, tags."),
        ({"method": "rule", "max_words": "two"}, "max_words='two' is not a whole number."),
        ({"method": "rule", "silence": "nan"}, "silence='nan' is below 0 or no number."),
        ({"method": "rule", "answers": "maybe"}, "answers='maybe' is not yes or no."),
        ({"by": "town"}, "by='town' is no way to make parts. Give corpus, speaker or dialogue."),
        ({"shares": "1 1 1"}, "shares='1 1 1' are no three shares that make 1. Give, for example, 0.8 0.1 0.1."),
        ({"by": "corpus"}, "10 dialogues came in no part, d00 first. Give by=speaker."),
        ({"tags": "xx"}, "No backchannel was found in test by tag."),
    ],
)
def test_what_cannot_be_done(corpus, given, message):
    with pytest.raises(DomainError) as caught:
        do(**given)
    assert str(caught.value).startswith(message)
    assert Extraction.objects.count() == 0


def test_a_corpus_without_dialogues(db):
    with pytest.raises(DomainError, match=r"There is no corpus 'test' with dialogues. There are: none yet."):
        do()


def test_items_stream_with_few_queries(corpus, django_assert_max_num_queries):
    extraction = do()
    with django_assert_max_num_queries(8):
        assert len(list(items_of(extraction))) == 20
