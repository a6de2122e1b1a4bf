"""The folder that an export writes: what is in it, whose answers, and that the same input gives the same bytes."""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.agreement.row import COLUMNS as AGREEMENT
from analysis.enums import Population, Subset
from analysis.errors import AnalysisError, FolderInTheWayError, UnknownRunError, UnknownStudyError
from analysis.export.responses import COLUMNS as RESPONSES
from analysis.services.export import export_agreement
from analysis.services.import_responses import import_responses
from annotations.enums import ChosenBy, ParticipantKind, Stage
from annotations.models import Assignment, Judgement, Participant, Response, StepResult
from corpus.models import Corpus
from tests.analysis.rows import Built, add_participant, add_run, answer, make_study, written

pytestmark = pytest.mark.data_layer
FILES = {
    "responses.csv", "trials.csv", "stimuli.csv", "participants.csv", "agreement.csv", "comparisons.csv",
    "predictions.csv", "triplets_cblearn.csv", "triplets_spose.txt", "report.html", "manifest.json", "listeners.csv",
    "exclusions.csv", "methods.md", "tables/model-1.tex", "tables/stratum-1.tex", "tables/listener-1.tex",
    *(f"figures/figure{number}.svg" for number in range(1, 6)),
}  # fmt: skip


def export(study: Built, folder: Path, **options: object) -> dict[str, list[dict[str, str]]]:
    """Export with few resamples; return every table."""
    export_agreement(study_slug=study.slug, output=folder, **({"n_resamples": 100} | options))  # type: ignore[arg-type]
    return {path.name: table(path) for path in folder.glob("*.csv")}


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


def test_every_file_is_there_and_vouched_for(answered: Callable[..., Built], corpus: Corpus, tmp_path: Path) -> None:
    add_run(corpus, "spectral")
    export(answered(), tmp_path / "out")
    files = written(tmp_path / "out")
    assert set(files) == FILES
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert set(manifest["files"]) == FILES - {"manifest.json"}
    for name, about in manifest["files"].items():
        assert about["sha256"] == hashlib.sha256(files[name]).hexdigest()
    assert {row["measure"] for row in table(tmp_path / "out" / "agreement.csv")} <= set(manifest["measures"])
    assert manifest["settings"] == {"bootstrap": 100, "seed": 0, "subset": "random", "models": ["spectral"]}
    assert manifest["corpus"]["synthetic"] is True
    assert [run["model"] for run in manifest["runs"]] == ["spectral"]
    for path in (tmp_path / "out").glob("*.csv"):
        assert set(manifest["codebook"][path.name]) == set(path.read_text().splitlines()[0].split(","))


def test_responses_are_written_in_the_promised_columns(answered: Callable[..., Built], tmp_path: Path) -> None:
    study = answered(n_people=2, n_trials=2)
    row = export(study, tmp_path / "out")["responses.csv"][1]
    clips = [clip.stimulus.key for clip in study.trials["t001"].clips.order_by("slot")]
    assert list(row) == list(RESPONSES)
    assert row == {
        "participant": "p00", "trial": "t001", "question": "odd", "clip": "", "value": clips[1],
        "presented": f"{clips[2]} {clips[0]} {clips[1]}", "rt_ms": "2350.5", "plays": "[1, 1, 1]",
        "answered_at": "2026-03-01T12:00:10.250000Z", "included": "1", "exclusion": "", "population": "people",
        "chosen_by": "",
    }  # fmt: skip


def test_the_same_answers_and_seed_give_the_same_bytes(
    answered: Callable[..., Built], corpus: Corpus, tmp_path: Path
) -> None:
    add_run(corpus, "spectral")
    add_run(corpus, "prosody", seed=12)
    study = answered()
    for name in ("one", "two"):
        export(study, tmp_path / name)
    one, two = written(tmp_path / "one"), written(tmp_path / "two")
    assert set(one) == FILES | {"tables/comparison-1.tex"}
    assert {name for name in one if one[name] != two.get(name)} == set()


def test_another_seed_moves_the_intervals_and_nothing_else(
    answered: Callable[..., Built], corpus: Corpus, tmp_path: Path
) -> None:
    add_run(corpus)
    study = answered()
    one, two = (export(study, tmp_path / str(seed), seed=seed)["agreement.csv"] for seed in (0, 1))
    accuracy = next(at for at, row in enumerate(one) if row["measure"] == "accuracy_judgement")
    assert one[accuracy]["estimate"] == two[accuracy]["estimate"]
    assert one[accuracy]["low"] != two[accuracy]["low"]
    assert one[accuracy]["percentile_low"] != two[accuracy]["percentile_low"]


def test_people_and_simulated_listeners_are_never_in_one_file(study: Built, tmp_path: Path) -> None:
    kinds = {"a": ParticipantKind.PERSON, "b": ParticipantKind.IMPORTED, "c": ParticipantKind.SIMULATED}
    kinds |= {"d": ParticipantKind.PILOT, "e": ParticipantKind.PREVIEW}
    for key, kind in kinds.items():
        answer(study, add_participant(study, key, kind=kind), "t000", {"odd": 1})
    people = export(study, tmp_path / "people")
    simulated = export(study, tmp_path / "simulated", population=Population.SIMULATED)
    assert [row["participant"] for row in people["responses.csv"]] == ["a", "b"]
    assert [row["participant"] for row in simulated["responses.csv"]] == ["c"]
    assert {row["population"] for row in simulated["responses.csv"]} == {"simulated"}
    assert {row["population"] for row in simulated["participants.csv"]} == {"simulated"}
    assert json.loads((tmp_path / "simulated" / "manifest.json").read_text())["population"]["name"] == "simulated"
    assert "simulated listeners, not people" in (tmp_path / "simulated" / "report.html").read_text()
    assert "simulated listeners, not people" not in (tmp_path / "people" / "report.html").read_text()
    assert "synthetic corpus" in (tmp_path / "people" / "report.html").read_text()


def test_figures_are_shown_before_and_after_exclusion(answered: Callable[..., Built], tmp_path: Path) -> None:
    study = answered(n_people=4)
    Participant.objects.filter(key="p03").update(excluded=True, exclusion="failed attention trials")
    tables = export(study, tmp_path / "out")
    n = {row["subset"]: row["n_judgements"] for row in tables["agreement.csv"] if row["measure"] == "oracle"}
    whole = {
        (r["subset"], r["stratum"]): r["n_judgements"] for r in tables["agreement.csv"] if r["measure"] == "oracle"
    }
    assert set(n) == {"included", "all answers"}
    assert whole["included", "task=prosodic;question=odd"] == "18"
    assert whole["all answers", "task=prosodic;question=odd"] == "24"
    excluded = {row["exclusion"] for row in tables["responses.csv"] if row["included"] == "0"}
    assert excluded == {"failed attention trials"}
    assert len(tables["triplets_cblearn.csv"]) == 2 * 18


def test_who_withdrew_is_counted_and_their_answers_are_nowhere(study: Built, tmp_path: Path) -> None:
    for key, stage in (("stays", Stage.DONE), ("withdrawn7", Stage.WITHDRAWN)):
        answer(study, add_participant(study, key, stage=stage), "t000", {"odd": 1})
    tables = export(study, tmp_path / "out")
    assert [row["participant"] for row in tables["participants.csv"]] == ["stays"]
    assert b"withdrawn7" not in b"".join(written(tmp_path / "out").values())
    assert "withdrew; their answers are in no file and no figure: 1" in (tmp_path / "out" / "report.html").read_text()


def test_the_screening_is_written(study: Built, tmp_path: Path) -> None:
    screening = {"headphones": "huggins", "pass": 5, "of": 6, "volume": True, "on_fail": "second_try"}
    study.version.definition["screening"] = screening
    study.version.save()
    twice, heard, plain = (add_participant(study, key) for key in ("a", "b", "c"))
    for attempt, score in enumerate((4, 6)):
        StepResult.objects.create(
            participant=twice, step="headphones", attempt=attempt, passed=score > 4, settled=score > 4,
            score=score, out_of=6, data={"targets": [1]},
        )  # fmt: skip
    for one in (twice, heard):
        StepResult.objects.create(participant=one, step="volume", settled=True, data={"heard_s": 4.25})
    for one in (twice, heard, plain):
        answer(study, one, "t000", {"odd": 1})
    names = ["volume_seconds", "headphones_passed", "headphones_score", "headphones_of", "headphones_attempts"]
    rows = export(study, tmp_path / "out")["participants.csv"]
    assert [[row[name] for name in names] for row in rows] == [
        ["4.25", "1", "6", "6", "2"],
        ["4.25", "", "", "", ""],
        ["", "", "", "", ""],
    ]
    codebook = json.loads((tmp_path / "out" / "manifest.json").read_text())["codebook"]["participants.csv"]
    assert "reference noise" in codebook["volume_seconds"]
    assert set(names) < set(codebook)


def test_checks_are_written_but_enter_no_figure(study: Built, tmp_path: Path) -> None:
    study.trials["t000"].check_kind = "attention"
    study.trials["t000"].answers = {"odd": 2}
    study.trials["t000"].save()
    listener = add_participant(study, "p")
    for key in ("t000", "t001"):
        answer(study, listener, key, {"odd": 1})
    tables = export(study, tmp_path / "out")
    assert len(tables["responses.csv"]) == 2
    assert next(r["n_judgements"] for r in tables["agreement.csv"] if r["measure"] == "oracle") == "1"
    assert next(r["answers"] for r in tables["trials.csv"] if r["trial"] == "t000") == '{"odd": 2}'


def test_measures_of_ratings_are_in_the_codebook_too(corpus: Corpus, tmp_path: Path) -> None:
    study = make_study(corpus, tasks=["contextual"])
    add_run(corpus)
    for person in range(3):
        answer(study, add_participant(study, f"p{person}"), "c000", {"similar": 0, "suitability": [5, 3, 1 + person]})
    measures = {row["measure"] for row in export(study, tmp_path / "out")["agreement.csv"]}
    assert measures <= set(json.loads((tmp_path / "out" / "manifest.json").read_text())["measures"])
    assert {"suitability_true_first", "suitability_spearman_all", "icc_a_1"} <= measures


def test_each_task_and_word_is_a_stratum_of_its_own(corpus: Corpus, tmp_path: Path) -> None:
    study = make_study(corpus, tasks=["prosodic", "contextual"])
    for person in range(3):
        listener = add_participant(study, f"p{person}")
        for key in ("t000", "t001", "t002"):
            answer(study, listener, key, {"odd": person})
        answer(study, listener, "c000", {"similar": 0, "suitability": [5, 3, 1 + person]})
    rows = export(study, tmp_path / "out")["agreement.csv"]
    assert list(rows[0]) == list(AGREEMENT)
    assert list(dict.fromkeys(row["stratum"] for row in rows)) == [
        "task=prosodic;question=odd",
        "task=prosodic;question=odd;stratum=mhm",
        "task=prosodic;question=odd;stratum=yeah",
        "task=contextual;question=similar",
        "task=contextual;question=suitability",
    ]
    alpha = {row["stratum"]: row["measure"] for row in rows if row["measure"] == "krippendorff_alpha_ordinal"}
    assert alpha == {"task=contextual;question=suitability": "krippendorff_alpha_ordinal"}


def test_no_answers_one_participant_or_one_triad_are_named_never_nan(
    study: Built, corpus: Corpus, tmp_path: Path
) -> None:
    add_run(corpus)
    add_run(corpus, "prosody", lacking=list(study.sounds), seed=12)
    nothing = export(study, tmp_path / "nothing")
    listener = add_participant(study, "only")
    answer(study, listener, "t000", {"odd": 0})
    one = export(study, tmp_path / "one")
    for key in list(study.trials)[1:6]:
        answer(study, listener, key, {"odd": 0})
    alone = export(study, tmp_path / "alone")
    for tables in (nothing, one, alone):
        for row in tables["agreement.csv"]:
            assert row["estimate"] != "" or row["reason"] != "", row
            assert "nan" not in (row["estimate"], row["low"], row["high"])
    named = {(row["measure"], row["model"]): row["reason"] for row in alone["agreement.csv"]}
    assert named["accuracy_judgement", "spectral"] == "no interval: only one participant"
    assert named["leave_one_out", ""] == "no trial has 2 or more judgements"
    assert named["accuracy_judgement", "prosody"] == "the model covers none of the judged trials"
    assert {row["reason"] for row in nothing["agreement.csv"] if row["measure"] == "oracle"} == {"no judgements"}


def test_a_model_without_some_clips_is_judged_on_the_others(
    answered: Callable[..., Built], corpus: Corpus, tmp_path: Path
) -> None:
    study = answered(n_people=3, n_trials=20)
    add_run(corpus, lacking=["mhm0"])
    tables = export(study, tmp_path / "out")
    lacking = study.version.trials.filter(clips__stimulus__key="mhm0").count()
    row = next(r for r in tables["agreement.csv"] if r["measure"] == "accuracy_judgement")
    assert (row["n_trials"], row["n_judgements"]) == (str(20 - lacking), str(3 * (20 - lacking)))
    assert len(tables["predictions.csv"]) == 20 - lacking


def test_predictions_are_computed_when_they_are_missing(
    answered: Callable[..., Built], corpus: Corpus, tmp_path: Path
) -> None:
    add_run(corpus)
    rows = export(answered(), tmp_path / "out")["predictions.csv"]
    assert len(rows) == 20
    first = rows[0]
    similarities = [float(first[f"similarity_{k}"]) for k in range(3)]
    chances = [float(first[f"probability_{k}"]) for k in range(3)]
    assert sum(chances) == pytest.approx(1)
    assert (max(chances) == pytest.approx(1 / 3)) or chances.index(max(chances)) == similarities.index(
        max(similarities)
    )


def test_triplets_say_what_was_judged(study: Built, tmp_path: Path) -> None:
    answer(study, add_participant(study, "p"), "t000", {"odd": 1})
    export(study, tmp_path / "out")
    keys = [row["stimulus"] for row in table(tmp_path / "out" / "stimuli.csv")]
    a, odd, b = (clip.stimulus.key for clip in study.trials["t000"].clips.order_by("slot"))
    spose = [keys[int(at)] for at in (tmp_path / "out" / "triplets_spose.txt").read_text().split()]
    assert spose == [a, b, odd]
    listed = [[keys[int(at)] for at in row.values()] for row in table(tmp_path / "out" / "triplets_cblearn.csv")]
    assert listed == [[a, b, odd], [b, a, odd]]


def test_models_can_be_chosen_by_label_or_digest(
    answered: Callable[..., Built], corpus: Corpus, tmp_path: Path
) -> None:
    add_run(corpus, "spectral")
    prosody = add_run(corpus, "prosody", seed=12)
    study = answered()
    rows = export(study, tmp_path / "out", models=[prosody.digest[:10]])["predictions.csv"]
    assert {row["model"] for row in rows} == {"prosody"}
    with pytest.raises(UnknownRunError, match=r"wavlm.*prosody"):
        export(study, tmp_path / "other", models=["wavlm"])


def test_two_models_are_compared(answered: Callable[..., Built], corpus: Corpus, tmp_path: Path) -> None:
    for seed, label in enumerate(("prosody", "spectral", "wavlm")):
        add_run(corpus, label, seed=seed + 20)
    rows = export(answered(n_people=4, n_trials=20), tmp_path / "out")["comparisons.csv"]
    assert [(row["model_a"], row["model_b"]) for row in rows] == [
        ("prosody", "spectral"), ("prosody", "wavlm"), ("spectral", "wavlm")
    ]  # fmt: skip
    assert all(float(row["p"]) <= float(row["p_holm"]) <= 1 for row in rows)
    accuracy = {r["model"]: float(r["estimate"]) for r in table(tmp_path / "out" / "agreement.csv")
                if r["measure"] == "accuracy_judgement" and r["stratum"] == "task=prosodic;question=odd"}  # fmt: skip
    assert float(rows[0]["difference"]) == pytest.approx(accuracy["prosody"] - accuracy["spectral"])


def test_only_the_random_share_of_an_adaptive_study_is_in_figures(
    answered: Callable[..., Built], corpus: Corpus, tmp_path: Path
) -> None:
    add_run(corpus, "spectral")
    study = answered(n_people=4, n_trials=20)
    chosen = [row.pk for row in Assignment.objects.order_by("pk")[::2]]
    Assignment.objects.filter(pk__in=chosen).update(chosen_by=ChosenBy.PRIORITY)
    Assignment.objects.exclude(pk__in=chosen).update(chosen_by=ChosenBy.RANDOM)
    random, everything = export(study, tmp_path / "random"), export(study, tmp_path / "all", subset=Subset.ALL)
    assert random["responses.csv"] == everything["responses.csv"], "the answers are all there"
    assert Counter(row["chosen_by"] for row in random["responses.csv"]) == {"priority": 40, "random": 40}
    judged = [
        max(int(row["n_judgements"]) for row in tables["agreement.csv"] if row["measure"] == "oracle")
        for tables in (random, everything)
    ]
    assert judged == [40, 80]
    assert len(random["triplets_cblearn.csv"]) == 2 * 40
    told = "went to trials chosen for what others had answered"
    reports = [(tmp_path / name / "report.html").read_text() for name in ("random", "all")]
    assert f"40 answers {told}; they are in responses.csv and in no figure" in reports[0]
    assert f"40 answers {told}. They are in the figures" in reports[1]
    for model in (Judgement, Response, Assignment, Participant):
        model.objects.all().delete()
    import_responses(study_slug=study.slug, path=tmp_path / "random/responses.csv")
    again = export(study, tmp_path / "again")
    same = ("responses.csv", "agreement.csv")
    assert [again[name] for name in same] == [random[name] for name in same], "what was chosen how is read back"


def test_an_earlier_export_is_replaced_and_nothing_else_ever(answered: Callable[..., Built], tmp_path: Path) -> None:
    study = answered()
    export(study, tmp_path / "out")
    export(study, tmp_path / "out", seed=4)
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["settings"]["seed"] == 4
    (tmp_path / "out" / "notes.txt").write_text("mine")
    with pytest.raises(FolderInTheWayError, match=r"notes\.txt"):
        export(study, tmp_path / "out")
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "report.html").write_text("theirs")
    with pytest.raises(FolderInTheWayError, match=r"report\.html"):
        export(study, tmp_path / "theirs")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "theirs"]


@pytest.mark.parametrize("options", [{"n_resamples": 0}, {"seed": -1}])
def test_numbers_that_make_no_sense_are_refused(study: Built, tmp_path: Path, options: dict[str, int]) -> None:
    with pytest.raises(AnalysisError, match="--bootstrap"):
        export(study, tmp_path / "out", **options)


def test_an_unknown_study_is_named_with_those_there_are(study: Built, tmp_path: Path) -> None:
    with pytest.raises(UnknownStudyError, match=r"'nosuch'.*demo"):
        export_agreement(study_slug="nosuch", output=tmp_path / "out")
    with pytest.raises(UnknownStudyError, match=r"no version 7.*1"):
        export_agreement(study_slug="demo", output=tmp_path / "out", version_number=7)
