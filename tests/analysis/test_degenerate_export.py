"""Exports of studies about which little can be said: named reasons in every table, a report, and never NaN."""

import csv
import re
from pathlib import Path

import pytest

from analysis.services.export import export_agreement
from corpus.models import Corpus
from tests.analysis import rows
from tests.analysis.rows import BEST, ORDER, Built, add_participant, add_run, answer, make_study

pytestmark = pytest.mark.django_db


def exported(study: Built, folder: Path) -> dict[str, list[dict[str, str]]]:
    """Export everything; check that each row of figures has a value or a reason, and that there is a report."""
    export_agreement(study_slug=study.slug, output=folder, n_resamples=30, mixed=True)
    tables = {}
    for path in folder.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            tables[path.name] = list(csv.DictReader(file))
    value = {"agreement.csv": "estimate", "comparisons.csv": "difference", "mixed_model.csv": "log_odds"}
    for name, column in value.items():
        assert tables[name]
        assert all(row[column] or row["reason"] for row in tables[name])
    for path in (path for path in folder.rglob("*") if path.is_file()):
        assert not re.search(r"(?<![a-zA-Z])(nan|inf)(?![a-zA-Z])", path.read_text(), re.IGNORECASE), path.name
    assert "</html>" in (folder / "report.html").read_text()
    return tables


def reasons(table: list[dict[str, str]], model: str = "") -> dict[str, str]:
    return {row["measure"]: row["reason"] for row in table if row.get("model") == model}


def test_everyone_says_the_same_of_models_that_tie_everywhere(study: Built, corpus: Corpus, tmp_path: Path) -> None:
    same = {key: [1.0, 2.0, 0.0, 1.0] for key in study.sounds}
    add_run(corpus, "flat", vectors=same)
    add_run(corpus, "level", vectors=same)
    for person in range(4):
        listener = add_participant(study, f"p{person}")
        for key in list(study.trials)[:6]:
            answer(study, listener, key, {"odd": 1})
    tables = exported(study, tmp_path / "out")
    people, flat = reasons(tables["agreement.csv"]), reasons(tables["agreement.csv"], "flat")
    credit = {row["measure"]: row["estimate"] for row in tables["agreement.csv"] if row["model"] == "flat"}

    assert people["fleiss_kappa"] == people["krippendorff_alpha_nominal"] == "all values equal"
    assert people["leave_one_out"] == "no interval: all resamples give the same value"
    assert float(credit["accuracy_judgement"]) == pytest.approx(1 / 3)
    assert flat["accuracy_judgement"] == "no interval: all resamples give the same value"
    assert tables["comparisons.csv"][0]["difference"] == "0"
    assert tables["mixed_model.csv"][0]["reason"] == "no judgements of triads that both models cover without a tie"
    assert tables["predictions.csv"][0]["choice"].count(" ") == 2, "all three tie"


def test_constant_ratings(corpus: Corpus, tmp_path: Path) -> None:
    study = make_study(corpus, tasks=["contextual"])
    add_run(corpus, "spectral")
    add_run(corpus, "another", seed=5)
    for person in range(3):
        listener = add_participant(study, f"p{person}")
        for key in study.trials:
            answer(study, listener, key, {"suitability": [3, 3, 3], "similar": person})
    tables = exported(study, tmp_path / "out")
    found = reasons(tables["agreement.csv"]) | reasons(tables["agreement.csv"], "spectral")

    assert found["krippendorff_alpha_ordinal"] == "all values equal"
    assert found["icc_a_1"] == found["split_half"] == "all values equal"
    assert found["suitability_kendall_within"] == "no context has two covered clips that are told apart"
    assert found["suitability_kendall_all"] == "all values equal"
    assert found["suitability_true_first_people"] == "no interval: all resamples give the same value"
    assert found["accuracy_majority"] == "no trial has a strict majority"


@pytest.fixture
def ranks_and_choices(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Built:
    """Contexts of which the best clip is chosen and all are put in order."""
    monkeypatch.setattr(rows, "TASKS", {"contextual": [BEST, ORDER]})
    return make_study(corpus, tasks=["contextual"])


def test_nobody_chose_or_ranked_anything(ranks_and_choices: Built, corpus: Corpus, tmp_path: Path) -> None:
    add_run(corpus, "spectral")
    add_run(corpus, "another", seed=5)
    tables = exported(ranks_and_choices, tmp_path / "out")
    found = reasons(tables["agreement.csv"])

    assert found["fleiss_kappa"] == found["spearman_between_listeners"] == found["kendall_w"] == "no judgements"
    assert {row["reason"] for row in tables["comparisons.csv"]} == {"no judgements"}


def test_one_listener_and_one_page_of_choices_and_ranks(
    ranks_and_choices: Built, corpus: Corpus, tmp_path: Path
) -> None:
    add_run(corpus, "spectral", lacking=["ctx0"])
    add_run(corpus, "another", seed=5)
    answer(ranks_and_choices, add_participant(ranks_and_choices, "p0"), "c000", {"best": 2, "order": [2, 1, 3]})
    tables = exported(ranks_and_choices, tmp_path / "out")
    people, lacking = reasons(tables["agreement.csv"]), reasons(tables["agreement.csv"], "spectral")

    assert people["fleiss_kappa"] == people["krippendorff_alpha_nominal"] == "no trial has 2 or more judgements"
    assert people["spearman_between_listeners"] == "no context was put in order by two participants"
    assert people["suitability_pairwise_accuracy_one_out"] == "no clip was rated by two participants"
    assert lacking["accuracy_judgement"] == "the model covers none of the judged trials"
    assert lacking["suitability_true_first"]
    assert lacking["suitability_pairwise_accuracy"] == "the model covers none of the rated clips"


def test_everyone_chooses_and_ranks_alike(ranks_and_choices: Built, corpus: Corpus, tmp_path: Path) -> None:
    same = {key: [1.0, 2.0, 0.0, 1.0] for key in ranks_and_choices.sounds}
    add_run(corpus, "flat", vectors=same)
    add_run(corpus, "level", vectors=same)
    for person in range(3):
        listener = add_participant(ranks_and_choices, f"p{person}")
        for key in ranks_and_choices.trials:
            answer(ranks_and_choices, listener, key, {"best": 1, "order": [2, 1, 3]})
    tables = exported(ranks_and_choices, tmp_path / "out")
    people, flat = reasons(tables["agreement.csv"]), reasons(tables["agreement.csv"], "flat")

    assert people["fleiss_kappa"] == "all values equal"
    assert people["spearman_between_listeners"].startswith("no interval: "), "in some resamples only one is left"
    assert flat["suitability_kendall_within"] == "no context has two covered clips that are told apart"
    assert flat["suitability_pairwise_accuracy"] == "no interval: all resamples give the same value"
    assert {row["difference"] for row in tables["comparisons.csv"]} == {"0"}
