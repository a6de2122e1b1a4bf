"""A study that asks in every way there is: simulated, exported, imported, reported, and its free text kept back."""

import csv
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from analysis.enums import Population
from analysis.services.export import Shape, export_agreement
from analysis.services.import_responses import import_responses
from analysis.services.simulation import simulate_listeners
from analysis.services.snapshots import refresh_agreement
from annotations.models import Assignment, Judgement, Participant, Response, Trial
from annotations.questions import get_kind, kinds
from corpus.errors import ImportFaultsError
from corpus.models import Corpus
from tests.analysis import rows
from tests.analysis.rows import Built, add_participant, add_run, make_study, written

pytestmark = pytest.mark.data_layer

SECRET = "my name is Alva, ask for me in room 12"
SCALE = {"scale": [0, 100], "step": 1, "ends": {}, "display": "slider"}
WORDS = {"max_length": 200, "required": False}
QUESTIONS: list[tuple[str, str, bool, dict[str, Any]]] = [
    ("odd", "odd_one_out", False, {}),
    ("similar", "pair", False, {}),
    ("like", "anchor", False, {}),
    ("best", "choice", False, {}),
    ("order", "rank", True, {"ends": {}}),
    ("suitability", "rating", True, {"scale": [1, 5], "step": 1, "ends": {}}),
    ("warm", "rating", True, SCALE),
    ("alike", "rating", False, SCALE),
    ("why", "text", False, WORDS),
    ("heard", "text", True, WORDS),
]
ANSWERS: dict[str, Any] = {
    "odd": 2, "similar": 0, "like": 1, "best": 0, "order": [2, 3, 1], "suitability": [5, 1, 3], "warm": [0, 100, 37],
    "alike": 61, "why": SECRET, "heard": [SECRET, "", "mhm"],
}  # fmt: skip


@pytest.fixture
def study(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Built:
    """Triads and contexts that ask every kind of question."""
    asked = [
        {"name": name, "kind": kind, "per_clip": per_clip, "text": {"en": name}, "settings": settings}
        for name, kind, per_clip, settings in QUESTIONS
    ]
    monkeypatch.setattr(rows, "TASKS", {"prosodic": asked, "contextual": asked})
    return make_study(corpus, tasks=["prosodic", "contextual"], n_triads=6)


def answer(study: Built, key: str, trial: str) -> None:
    """Someone says `ANSWERS` to a trial."""
    person = Participant.objects.filter(key=key).first() or add_participant(study, key)
    page = Assignment.objects.create(
        participant=person, trial=study.trials[trial], position=person.assignments.count(), presented=[2, 0, 1],
        counts=True, state="answered", reserved_at=rows.START, expires_at=rows.START,
    )  # fmt: skip
    response = Response.objects.create(
        assignment=page, idempotency_key=uuid4(), body_digest="", rt_ms=2000.5, plays=[1, 1, 2]
    )
    for name, kind, per_clip, settings in QUESTIONS:
        question = study.questions[study.trials[trial].task.name, name]
        for given in get_kind(kind).read_answer(ANSWERS[name], settings=settings, per_clip=per_clip, n_clips=3):
            Judgement.objects.create(response=response, question=question, **asdict(given))


def export(study: Built, folder: Path, **options: Any) -> Path:
    export_agreement(study_slug=study.slug, output=folder, n_resamples=50, **options)
    return folder / "responses.csv"


def forget_answers() -> None:
    for model in (Judgement, Response, Assignment, Participant):
        model.objects.all().delete()
    Trial.objects.update(taken=0)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_kind_is_in_the_study() -> None:
    assert {kind for _, kind, _, _ in QUESTIONS} == set(kinds())


def test_exported_imported_and_exported_again_is_the_same_to_the_byte(study: Built, tmp_path: Path) -> None:
    add_run(study.version.corpus)
    for person in ("a", "b", "c"):
        for trial in ("t000", "t001", "c000"):
            answer(study, person, trial)
    first = export(study, tmp_path / "first")
    clips = [clip.stimulus.key for clip in study.trials["t000"].clips.order_by("slot")]
    said = {
        (row["question"], row["clip"]): row["value"]
        for row in read(first)
        if (row["participant"], row["trial"]) == ("a", "t000")
    }
    assert {question for question, _ in said} == {name for name, kind, _, _ in QUESTIONS if kind != "text"}
    assert [said["odd", ""], said["similar", ""], said["like", ""]] == [clips[2], clips[0], clips[1]]
    assert (said["best", ""], said["alike", ""]) == (clips[0], "61")
    assert [said["order", clip] for clip in clips] == ["2", "3", "1"]
    assert [said["warm", clip] for clip in clips] == ["0", "100", "37"]
    forget_answers()
    done = import_responses(study_slug=study.slug, path=first)
    assert (done.participants, done.answers, done.without_value) == (3, 9, 0)
    second = export(study, tmp_path / "second")
    assert second.read_bytes() == first.read_bytes()
    assert (tmp_path / "second/agreement.csv").read_bytes() == (tmp_path / "first/agreement.csv").read_bytes()


@pytest.mark.parametrize("form", ["json", "parquet"])
def test_other_formats_come_back_as_they_were(study: Built, tmp_path: Path, form: str) -> None:
    add_run(study.version.corpus)
    for person in ("a", "b"):
        answer(study, person, "t000")
    Participant.objects.filter(key="b").update(excluded=True, exclusion="=too, quick")
    first = export(study, tmp_path / "csv")
    export(study, tmp_path / form, shape=Shape(form))
    names = {path.stem for path in (tmp_path / "csv").glob("*.csv")}
    assert {path.stem for path in (tmp_path / form).glob(f"*.{form}")} - {"manifest"} == names
    assert not list((tmp_path / form).glob("*.csv"))
    forget_answers()
    assert import_responses(study_slug=study.slug, path=tmp_path / form / f"responses.{form}").answers == 2
    second = export(study, tmp_path / "again")
    assert second.read_bytes() == first.read_bytes()
    assert (tmp_path / "again/agreement.csv").read_bytes() == (tmp_path / "csv/agreement.csv").read_bytes()


def test_simulated_listeners_answer_every_kind_and_come_back(study: Built, tmp_path: Path) -> None:
    add_run(study.version.corpus)
    simulate_listeners(study_slug=study.slug, n=3, noise=0.8, seed=1, like="spectral")
    first = export(study, tmp_path / "first", population=Population.SIMULATED)
    assert {row["question"] for row in read(first)} == {name for name, kind, _, _ in QUESTIONS if kind != "text"}
    forget_answers()
    import_responses(study_slug=study.slug, path=first)
    second = export(study, tmp_path / "second", population=Population.SIMULATED)
    assert second.read_bytes() == first.read_bytes()


def test_free_text_leaves_in_no_file(study: Built, tmp_path: Path) -> None:
    answer(study, "a", "t000")
    export(study, tmp_path / "out")
    assert Judgement.objects.filter(text=SECRET).count() == 2
    for name, content in written(tmp_path / "out").items():
        assert b"Alva" not in content, name


def test_a_file_that_lacks_the_texts_says_nothing_against_them(study: Built, tmp_path: Path) -> None:
    answer(study, "a", "t000")
    path = export(study, tmp_path / "out")
    assert import_responses(study_slug=study.slug, path=path).known == 1
    assert Judgement.objects.filter(text=SECRET).count() == 2


def test_texts_of_a_file_are_stored_and_a_second_reading_agrees(study: Built, tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_text("participant,trial,question,clip,value\np,t000,why,,quite slow\n", encoding="utf-8")
    import_responses(study_slug=study.slug, path=path)
    assert Judgement.objects.get().text == "quite slow"
    assert import_responses(study_slug=study.slug, path=path).known == 1


def test_ranks_and_references_that_cannot_be_are_named(study: Built, tmp_path: Path) -> None:
    clips = [clip.stimulus.key for clip in study.trials["t000"].clips.order_by("slot")]
    path = tmp_path / "bad.csv"
    lines = [f"p,t000,like,,{clips[0]}", f"p,t000,order,{clips[1]},4", "p,t000,best,,nobody", "p,t000,warm,,3"]
    path.write_text("\n".join(["participant,trial,question,clip,value", *lines]), encoding="utf-8")
    with pytest.raises(ImportFaultsError) as caught:
        import_responses(study_slug=study.slug, path=path)
    assert [fault.line for fault in caught.value.faults] == [2, 3, 4, 5]
    assert "cannot be chosen" in caught.value.faults[0].what
    assert "a rank from 1 to 3 is wanted" in caught.value.faults[1].what


def test_two_clips_with_the_same_rank_are_named(study: Built, tmp_path: Path) -> None:
    clips = [clip.stimulus.key for clip in study.trials["t000"].clips.order_by("slot")]
    path = tmp_path / "bad.csv"
    lines = [f"p,t000,order,{clip},{rank}" for clip, rank in zip(clips, (2, 1, 2), strict=True)]
    path.write_text("\n".join(["participant,trial,question,clip,value", *lines]), encoding="utf-8")
    with pytest.raises(ImportFaultsError, match="order, answered by p to t000: each rank is wanted once, not 2, 1, 2"):
        import_responses(study_slug=study.slug, path=path)
    assert Judgement.objects.count() == 0


def test_the_study_page_shows_a_study_of_every_kind(study: Built, admin_client: Client) -> None:
    add_run(study.version.corpus)
    for person, trial in (("a", "t000"), ("b", "t000"), ("b", "c000")):
        answer(study, person, trial)
    refresh_agreement(version_pk=study.version.pk, population=Population.PEOPLE)
    for address in ("", "agreement/", "agreement.svg", "files/responses.csv"):
        page = admin_client.get(f"/researcher/{study.slug}/{address}")
        assert page.status_code == 200
        assert b"Alva" not in b"".join(page.streaming_content if page.streaming else [page.content])
