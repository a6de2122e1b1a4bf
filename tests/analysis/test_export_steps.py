"""What participants said before and after the trials, in participants.csv."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotations.enums import ParticipantKind
from annotations.models import StepResult
from tests.analysis.rows import Built, add_participant, answer, written
from tests.analysis.test_export import export

pytestmark = pytest.mark.data_layer
YES_NO = [{"name": "yes", "text": {"en": "Yes"}}, {"name": "no", "text": {"en": "No"}}]
BEFORE = [
    {"name": "headphones", "kind": "choice", "text": {"en": "Headphones?"}, "options": YES_NO},
    {"name": "age", "kind": "number", "text": {"en": "Age?"}, "required": False},
    {"name": "words", "kind": "text", "text": {"en": "Words?"}, "required": False},
]
COMPREHENSION = {"questions": [{"name": "stop", "text": {"en": "Stop?"}, "options": YES_NO, "right": "yes"}]}


@pytest.fixture
def asked(study: Built) -> Built:
    """A study with forms and questions about the task."""
    study.version.definition |= {"before": BEFORE, "after": BEFORE[:1], "comprehension": COMPREHENSION}
    study.version.save()
    return study


def took(study: Built, key: str, *steps: tuple[str, int, dict[str, Any], int | None], kind: str = "person") -> None:
    """Someone who answered a trial and took some steps: name, attempt, data, score."""
    person = add_participant(study, key, kind=kind)
    answer(study, person, "t000", {"odd": 1})
    for step, attempt, data, score in steps:
        out_of = None if score is None else 1
        StepResult.objects.create(
            participant=person, step=step, attempt=attempt, settled=True, data=data, score=score, out_of=out_of
        )


def test_forms_and_scores_are_columns_and_texts_are_nowhere(asked: Built, tmp_path: Path) -> None:
    before = {"answers": {"headphones": "yes", "age": 34, "words": "my name is Zaphod"}}
    wrong, right = {"answers": {"stop": "no"}, "wrong": ["stop"]}, {"answers": {"stop": "yes"}, "wrong": []}
    tries = [("comprehension", 0, wrong, 0), ("comprehension", 1, right, 1)]
    told = [("comprehension", 0, wrong, 0), ("comprehension", 1, wrong | {"told": True}, 0)]
    after = {"answers": {"headphones": "no"}}
    took(asked, "a", ("form_before", 0, before, None), *tries, ("form_after", 0, after, None))
    took(asked, "b", ("form_before", 0, {"answers": {"headphones": "no", "age": 3.5}}, None), *told)
    took(asked, "c")
    rows = export(asked, tmp_path / "out")["participants.csv"]
    columns = ["before_headphones", "before_age", "comprehension_score", "comprehension_out_of"]
    columns += ["comprehension_tries", "after_headphones"]
    assert list(rows[0])[-6:] == columns
    assert [[row[name] for name in columns] for row in rows] == [
        ["yes", "34", "1", "1", "2", "no"],
        ["no", "3.5", "0", "1", "1", ""],
        ["", "", "", "", "", ""],
    ]
    assert all(b"Zaphod" not in content for content in written(tmp_path / "out").values())
    codebook = json.loads((tmp_path / "out" / "manifest.json").read_text())["codebook"]["participants.csv"]
    assert codebook["before_headphones"] == "asked before the trials: yes, no; empty where not answered"


def test_people_are_not_in_the_file_of_simulated_listeners(asked: Built, tmp_path: Path) -> None:
    took(asked, "a", ("form_before", 0, {"answers": {"headphones": "yes"}}, None), kind=ParticipantKind.PILOT)
    took(asked, "b")
    (row,) = export(asked, tmp_path / "out")["participants.csv"]
    assert (row["participant"], row["before_headphones"]) == ("b", "")


def test_a_study_that_asks_nothing_has_no_such_column(study: Built, tmp_path: Path) -> None:
    took(study, "a")
    (row,) = export(study, tmp_path / "out")["participants.csv"]
    assert list(row)[-1] == "origin"
