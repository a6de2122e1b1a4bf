"""mixed_model.csv of an export, and the lines that the docs give for R: they say the same."""

import csv
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command

from analysis.services.export import export_agreement
from corpus.models import Corpus
from tests.analysis.rows import Built, add_participant, add_run, answer, make_study
from tests.running_site import ROOT

PEOPLE, EACH = 10, 26
SHOWN = """
cat(sprintf("%.10g\\n", c(fixef(fit), sqrt(diag(as.matrix(vcov(fit)))), as.data.frame(VarCorr(fit))$sdcor)))
cat(as.data.frame(VarCorr(fit))$grp, sep = "\\n")
"""


@pytest.fixture
def compared(corpus: Corpus, tmp_path: Path) -> Path:
    """An export of people who hear the clips' percepts, one model that knows these well and one that hardly does."""
    study = make_study(corpus, n_triads=30, trials_per_participant=30)
    rng = np.random.default_rng(8)
    heard = {
        sound.key: np.array([float(sound.attributes["percept_pitch"]), float(sound.attributes["percept_energy"])])
        for sound in study.sounds.values()
    }
    for label, error in (("better", 0.2), ("worse", 0.9)):
        vectors = {key: [1.5, *(place + rng.normal(scale=error, size=2)), 0] for key, place in heard.items()}
        add_run(corpus, label, vectors=vectors)
    _answered(study, heard, rng)
    folder = tmp_path / "export"
    call_command("export_agreement", study.slug, output=folder, bootstrap=50, mixed=True, verbosity=0)
    return folder


def _answered(study: Built, heard: dict[str, np.ndarray], rng: np.random.Generator) -> None:
    """Let people differ in how well they hear."""
    clips = {key: [clip.stimulus.key for clip in trial.clips.order_by("slot")] for key, trial in study.trials.items()}
    for person in range(PEOPLE):
        listener, noise = add_participant(study, f"p{person:02d}"), 0.5 * np.exp(0.7 * rng.normal())
        for key in rng.permutation(list(study.trials))[:EACH]:
            places = [heard[clip] for clip in clips[key]]
            apart = [np.linalg.norm(places[a] - places[b]) for a, b in ((1, 2), (0, 2), (0, 1))]
            answer(study, listener, key, {"odd": int((rng.gumbel(size=3) - np.array(apart) / noise).argmax())})


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.django_db
def test_the_docs_lines_for_r_give_the_same_fit(compared: Path) -> None:
    """Lme4 itself, on the exported files: estimates, errors and standard deviations."""
    row = rows(compared / "mixed_model.csv")[0]
    beside = rows(compared / "comparisons.csv")[0]
    assert (row["model_a"], row["model_b"], row["reason"]) == ("better", "worse", "")
    assert (row["difference"], row["difference_p"]) == (beside["difference"], beside["p"])
    assert (row["n_trials"], row["n_judgements"]) == (beside["n_trials"], beside["n_judgements"])
    assert float(row["log_odds"]) > 0
    if not _has_lme4():
        pytest.skip("R with lme4 is not installed (apt install r-cran-lme4)")
    script = re.search(r"```r\n(.*?)```", (ROOT / "docs/formats.md").read_text(), re.DOTALL)
    assert script
    done = subprocess.run(
        ["Rscript", "--vanilla", "-e", script[1] + SHOWN], cwd=compared, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.split()
    numbers, groups = [float(one) for one in said[:7]], said[7:]
    ours = {name: float(row[name]) for name in ("intercept", "log_odds", "error")}
    assert numbers[:2] == pytest.approx([ours["intercept"], ours["log_odds"]], rel=2e-3)
    assert numbers[3] == pytest.approx(ours["error"], rel=2e-3)
    sds = dict(zip(groups, numbers[4:], strict=True))
    for group, name in (("participant", "sd_participant"), ("trial", "sd_trial"), ("trial:model", "sd_trial_model")):
        assert sds[group] == pytest.approx(float(row[name]), rel=2e-3, abs=1e-3), group


def _has_lme4() -> bool:
    if not shutil.which("Rscript"):
        return False
    asked = ["Rscript", "--vanilla", "-e", "quit(status = !requireNamespace('lme4', quietly = TRUE))"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.django_db
def test_without_asking_there_is_no_such_file_and_without_answers_a_reason(study: Built, tmp_path: Path) -> None:
    add_run(study.version.corpus, "spectral")
    add_run(study.version.corpus, "another", seed=5)
    assert "mixed_model.csv" not in export_agreement(study_slug=study.slug, output=tmp_path / "a", n_resamples=2).files
    export_agreement(study_slug=study.slug, output=tmp_path / "b", n_resamples=2, mixed=True)
    (row,) = rows(tmp_path / "b" / "mixed_model.csv")
    assert row["log_odds"] == ""
    assert row["reason"] == "no judgements of triads that both models cover without a tie"
