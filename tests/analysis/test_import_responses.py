"""Answers from a file: the same ones back, every fault named, and nothing stored twice or by halves."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from analysis.enums import Population
from analysis.services.export import export_agreement
from analysis.services.import_responses import Imported, import_responses
from analysis.services.simulation import simulate_listeners
from annotations.enums import ParticipantKind
from annotations.models import Assignment, Judgement, Participant, Response, Trial
from corpus.errors import ImportFaultsError
from corpus.models import Corpus
from tests.analysis.rows import Built, add_participant, add_run, answer, make_study, written

pytestmark = pytest.mark.data_layer


def export(study: Built, folder: Path, **options: Any) -> Path:
    export_agreement(study_slug=study.slug, output=folder, n_resamples=50, **options)
    return folder / "responses.csv"


def forget_answers() -> None:
    for model in (Judgement, Response, Assignment, Participant):
        model.objects.all().delete()
    Trial.objects.update(taken=0)


def stored() -> list[tuple[Any, ...]]:
    """Everything that an import can change."""
    participants = Participant.objects.order_by("key").values_list("key", "kind", "excluded", "exclusion")
    page = "response__assignment__"
    names = [page + "participant__key", page + "trial__key", page + "position", page + "presented", page + "counts"]
    rows = Judgement.objects.order_by("pk").values_list(*names, "question__name", "slot", "value", "chosen_slot")
    return [*participants, *rows, *Trial.objects.order_by("pk").values_list("key", "taken")]


def write(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)), restval="")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode())
    return path


def row(study: Built, **cells: str) -> dict[str, str]:
    """A good row of the study's first triad, with other cells."""
    clip = study.trials["t000"].clips.get(slot=1).stimulus.key
    return {"participant": "p", "trial": "t000", "question": "odd", "value": clip} | cells


def faults_of(study: Built, path: Path) -> list[str]:
    with pytest.raises(ImportFaultsError) as caught:
        import_responses(study_slug=study.slug, path=path)
    assert Participant.objects.filter(key="p").count() == 0
    assert Judgement.objects.count() == 0
    return [f"{fault.line} {fault.column}: {fault.what}" for fault in caught.value.faults]


def full_study(corpus: Corpus) -> Built:
    """Triads and ratings; one participant excluded; one clip twice in a trial; awkward numbers and texts."""
    study = make_study(corpus, tasks=["prosodic", "contextual"])
    twice = study.trials["t004"].clips.get(slot=1)
    twice.stimulus = study.trials["t004"].clips.get(slot=0).stimulus
    twice.save()
    for person, times in enumerate((0.1 + 0.2, 1e-7, 2350.0, None)):
        excluded = {"excluded": True, "exclusion": '=late, said "no"\nand left'} if person == 2 else {}
        listener = add_participant(study, f"k{person}", **excluded)
        for number in (4, 2, 0, 1):
            answer(study, listener, f"t{number:03d}", {"odd": (person + number) % 3}, rt_ms=times, plays=[1, 3, 2])
        answer(study, listener, "c000", {"suitability": [5, 1, 3], "similar": 2}, rt_ms=times)
    return study


def test_exported_imported_and_exported_again_is_the_same_to_the_byte(corpus: Corpus, tmp_path: Path) -> None:
    add_run(corpus)
    study = full_study(corpus)
    first = export(study, tmp_path / "first")
    forget_answers()
    done = import_responses(study_slug=study.slug, path=first)
    assert done == Imported(participants=4, answers=20, known=0, without_value=0)
    assert set(Participant.objects.values_list("kind", flat=True)) == {ParticipantKind.IMPORTED}
    second = export(study, tmp_path / "second")
    assert second.read_bytes() == first.read_bytes()
    for name in ("agreement.csv", "predictions.csv", "comparisons.csv", "trials.csv", "triplets_cblearn.csv"):
        assert (tmp_path / "second" / name).read_bytes() == (tmp_path / "first" / name).read_bytes(), name


def test_simulated_listeners_come_back_as_simulated(study: Built, tmp_path: Path) -> None:
    simulate_listeners(study_slug=study.slug, n=2, noise=0.8, seed=1)
    first = export(study, tmp_path / "first", population=Population.SIMULATED)
    forget_answers()
    import_responses(study_slug=study.slug, path=first)
    assert set(Participant.objects.values_list("kind", flat=True)) == {ParticipantKind.SIMULATED}
    assert set(Trial.objects.values_list("taken", flat=True)) == {0}
    second = export(study, tmp_path / "second", population=Population.SIMULATED)
    assert second.read_bytes() == first.read_bytes()
    assert len(export(study, tmp_path / "people").read_text().splitlines()) == 1


def test_the_same_file_twice_changes_nothing(corpus: Corpus, tmp_path: Path) -> None:
    study = full_study(corpus)
    path = export(study, tmp_path / "out")
    before = stored()
    assert import_responses(study_slug=study.slug, path=path) == Imported(0, 0, known=20, without_value=0)
    assert stored() == before
    forget_answers()
    import_responses(study_slug=study.slug, path=path)
    before = stored()
    assert import_responses(study_slug=study.slug, path=path).known == 20
    assert stored() == before


def test_a_longer_file_adds_what_is_new(study: Built, tmp_path: Path) -> None:
    import_responses(study_slug=study.slug, path=write(tmp_path / "a.csv", [row(study)]))
    clip = study.trials["t001"].clips.get(slot=0).stimulus.key
    both = [row(study), row(study, trial="t001", value=clip), row(study, participant="q")]
    assert import_responses(study_slug=study.slug, path=write(tmp_path / "b.csv", both)) == Imported(1, 2, 1, 0)
    pages = Assignment.objects.filter(participant__key="p").order_by("position")
    assert list(pages.values_list("position", "trial__key")) == [(0, "t000"), (1, "t001")]


def test_a_file_from_elsewhere_needs_four_columns_only(study: Built, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [row(study), row(study, participant="q")])
    import_responses(study_slug=study.slug, path=path)
    rows = list(csv.DictReader(io.StringIO(export(study, tmp_path / "out").read_text(), newline="")))
    assert [(r["participant"], r["value"] == row(study)["value"]) for r in rows] == [("p", True), ("q", True)]
    assert {(r["presented"], r["rt_ms"], r["plays"], r["answered_at"], r["included"]) for r in rows} == {
        ("", "", "", "", "1")
    }


def test_further_columns_are_kept_but_not_exported(study: Built, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [row(study, PROLIFIC_PID="5f1e", mood="good")])
    import_responses(study_slug=study.slug, path=path)
    kept = Response.objects.get().telemetry["columns"]
    assert kept == [{"question": "odd", "clip": "", "PROLIFIC_PID": "5f1e", "mood": "good"}]
    export(study, tmp_path / "out")
    assert b"5f1e" not in b"".join(written(tmp_path / "out").values())


def test_a_row_without_a_value_is_a_missing_answer(study: Built, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [row(study, value=""), row(study, participant="q")])
    assert import_responses(study_slug=study.slug, path=path) == Imported(1, 1, 0, without_value=1)


def test_imported_answers_take_room_but_never_more_than_planned(study: Built, tmp_path: Path) -> None:
    rows = [row(study, participant=f"p{n}", included="0" if n == 0 else "1") for n in range(8)]
    import_responses(study_slug=study.slug, path=write(tmp_path / "a.csv", rows))
    trial = Trial.objects.get(key="t000")
    assert (trial.planned, trial.taken) == (5, 5)
    assert Assignment.objects.filter(trial=trial).count() == 8
    counted = Assignment.objects.filter(trial=trial, counts=True).order_by("pk")
    assert list(counted.values_list("participant__key", flat=True)) == ["p1", "p2", "p3", "p4", "p5"]


def test_every_fault_is_listed_with_its_line_and_nothing_is_stored(corpus: Corpus, tmp_path: Path) -> None:
    study = make_study(corpus, tasks=["prosodic", "contextual"])
    clips = [clip.stimulus.key for clip in study.trials["c000"].clips.order_by("slot")]
    rating = {"trial": "c000", "question": "suitability", "clip": clips[0], "value": "3"}
    rows = [
        row(study),
        row(study, participant=""),
        row(study, participant="x" * 41),
        row(study, trial="nosuch"),
        row(study, question="nosuch", participant="a"),
        row(study, clip="mhm0", participant="b"),
        row(study, value="yeah0", participant="c"),
        row(study, presented="mhm0 mhm1", participant="d"),
        row(study, rt_ms="soon", participant="e"),
        row(study, rt_ms="-1", participant="f"),
        row(study, plays="[1, 2]", participant="g"),
        row(study, plays="[1, 2, true]", participant="h"),
        row(study, answered_at="yesterday", participant="i"),
        row(study, included="maybe", participant="j"),
        row(study, population="robots", participant="k"),
        row(study, **rating, participant="l") | {"clip": "nosuch"},
        row(study, **rating, participant="m") | {"value": "6"},
        row(study, **rating, participant="n") | {"value": "three"},
        row(study),
        row(study, trial="t001", question="odd", value=study.trials["t001"].clips.get(slot=0).stimulus.key,
            included="0"),
    ]  # fmt: skip
    text = faults_of(study, write(tmp_path / "a.csv", rows))
    assert [one.split(":")[0] for one in text] == [
        "3 participant", "4 participant", "5 trial", "6 question", "7 clip", "8 value", "9 presented", "10 rt_ms",
        "11 rt_ms", "12 plays", "13 plays", "14 answered_at", "15 included", "16 population", "17 clip", "18 value",
        "19 value", "20 question", "21 included",
    ]  # fmt: skip
    assert "5 trial: the study has no trial 'nosuch'" in text


def test_lines_are_those_of_the_file_even_after_a_cell_of_several_lines(study: Built, tmp_path: Path) -> None:
    rows = [row(study, note="one\ntwo\nthree"), row(study, trial="nosuch", participant="q")]
    assert faults_of(study, write(tmp_path / "a.csv", rows)) == ["5 trial: the study has no trial 'nosuch'"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "column is missing"),
        (b"participant,trial\r\na,b\r\n", "column is missing"),
        (b"participant,trial,question,value,value\r\n", "there twice"),
        (b"participant,trial,question,value\r\na,b,c\r\n", "3 cells under 4 columns"),
        (b"participant,trial,question,value\r\na,b,c,\xff\r\n", "not UTF-8"),
        (b'participant,trial,question,value\r\na,"b"c,d,e\r\n', "no CSV"),
    ],
)
def test_a_broken_file_is_named(study: Built, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert said in "; ".join(faults_of(study, tmp_path / "a.csv"))


def test_a_missing_file_is_named(study: Built, tmp_path: Path) -> None:
    assert "No such file" in "; ".join(faults_of(study, tmp_path / "nosuch.csv"))


def test_another_answer_than_the_stored_one_is_a_fault(study: Built, tmp_path: Path) -> None:
    answer(study, add_participant(study, "p"), "t000", {"odd": 2})
    with pytest.raises(ImportFaultsError, match="another answer of p to t000"):
        import_responses(study_slug=study.slug, path=write(tmp_path / "a.csv", [row(study)]))
    assert list(Judgement.objects.values_list("chosen_slot", flat=True)) == [2]


def test_nobody_who_took_part_here_gets_answers_from_a_file(study: Built, tmp_path: Path) -> None:
    add_participant(study, "p")
    with pytest.raises(ImportFaultsError, match="took part here"):
        import_responses(study_slug=study.slug, path=write(tmp_path / "a.csv", [row(study)]))


def test_a_key_of_another_study_is_a_fault(study: Built, corpus: Corpus, tmp_path: Path) -> None:
    add_participant(make_study(corpus, "other"), "p")
    with pytest.raises(ImportFaultsError, match="already there, in other v1"):
        import_responses(study_slug=study.slug, path=write(tmp_path / "a.csv", [row(study)]))


def test_a_spreadsheets_byte_order_mark_is_no_fault(study: Built, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [row(study)])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert import_responses(study_slug=study.slug, path=path).answers == 1


def test_importing_takes_a_number_of_queries_that_does_not_grow(
    answered: Callable[..., Built], tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    study = answered(n_people=8, n_trials=5)
    path = export(study, tmp_path / "out")
    forget_answers()
    with django_assert_max_num_queries(30):
        assert import_responses(study_slug=study.slug, path=path).answers == 40
