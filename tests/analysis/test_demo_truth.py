"""The demo study with simulated listeners, by command line: what was planted is found, and files come back the same."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.analysis.rows import written
from tests.running_site import Site, copy_of

STRATUM = "task=prosodic;question=odd"
# What a model with the listeners' own ears is expected to reach on the prosodic triads, each as often as it was judged.
PLANTED = """
import numpy as np
from analysis.queries.plan import plan_of
from analysis.queries.predictions import predictions_of
from analysis.queries.runs import models_shown
from analysis.queries.versions import version_of
from analysis.stats.listeners import planted_accuracy
from annotations.models import Response
version = version_of("demo")
plan = plan_of(version)
said = predictions_of(models_shown(version.corpus_id, corpus_digest=version.corpus_digest), plan)[0].similarities
n = [Response.objects.filter(assignment__trial=t.pk).count() if t.task == "prosodic" else 0 for t in plan.trials]
print(json.dumps(planted_accuracy(said, 0.8, per_trial=n)))
"""


@pytest.fixture(scope="module")
def demo(migrated_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo study, embedded by the spectral encoder, without answers; copy it, do not use it."""
    site = copy_of(migrated_home, tmp_path_factory.mktemp("demo") / "home")
    folder = site.home / "demo"
    site.manage("make_demo_corpus", "--output", str(folder))
    site.manage("load_study", str(folder / "study.yaml"))
    site.manage("set_study_state", "demo", "live")
    site.manage("embed", "demo", "--encoder", "spectral", "--here")
    yield site
    site.stop()


def export(site: Site, name: str) -> Path:
    folder = site.home / name
    options = ["--population", "simulated", "--bootstrap", "200", "--output", str(folder)]
    site.manage("export_agreement", "demo", *options)
    return folder


def figure(folder: Path, measure: str, model: str = "spectral") -> tuple[float, float, float]:
    """A figure of the prosodic task with its interval."""
    text = (folder / "agreement.csv").read_bytes().decode()
    for row in csv.DictReader(io.StringIO(text, newline="")):
        if (row["measure"], row["model"], row["subset"], row["stratum"]) == (measure, model, "included", STRATUM):
            return float(row["estimate"]), float(row["low"]), float(row["high"])
    raise AssertionError(f"no {measure} of {model}")


def test_the_planted_accuracy_is_found_and_the_files_come_back_to_the_byte(demo: Site, tmp_path: Path) -> None:
    site = copy_of(demo.home, tmp_path / "one")
    site.manage("simulate_listeners", "demo", "--n", "16", "--noise", "0.8", "--seed", "1", "--like", "spectral")
    assert "spectral: 96 predictions stored" in site.manage("predict", "demo")
    planted = site.python(PLANTED)
    first, again = export(site, "first"), export(site, "again")
    _, low, high = figure(first, "accuracy_judgement")
    assert low <= planted <= high
    assert low > 1 / 3
    assert written(first) == written(again)

    empty = copy_of(demo.home, tmp_path / "two")
    empty.manage("import_responses", "demo", str(first / "responses.csv"))
    back = export(empty, "back")
    for name in ("responses.csv", "agreement.csv", "comparisons.csv", "predictions.csv", "trials.csv", "stimuli.csv"):
        assert (back / name).read_bytes() == (first / name).read_bytes(), name
    manifest = json.loads((back / "manifest.json").read_text())
    assert manifest["population"]["called"] == "simulated listeners"


def test_listeners_without_sensitivity_are_at_chance(demo: Site, tmp_path: Path) -> None:
    site = copy_of(demo.home, tmp_path / "home")
    site.manage("simulate_listeners", "demo", "--n", "24", "--noise", "inf", "--seed", "1")
    folder = export(site, "out")
    _, low, high = figure(folder, "accuracy_judgement")
    assert low <= 1 / 3 <= high
    _, low, high = figure(folder, "fleiss_kappa", model="")
    assert low <= 0 <= high


def test_a_fault_is_printed_plainly_and_nothing_is_stored(demo: Site, tmp_path: Path) -> None:
    site = copy_of(demo.home, tmp_path / "home")
    path = tmp_path / "responses.csv"
    path.write_text("participant,trial,question,value\r\np,nosuch,odd,x\r\n,nosuch,odd,x\r\n")
    done = site.manage("import_responses", "demo", str(path), check=False)
    assert done.returncode == 1
    assert "3 faults; nothing was stored" in done.stderr
    assert f"{path}:2 (trial): the study has no trial 'nosuch'" in done.stderr
    assert "Traceback" not in done.stderr
    unknown = site.manage("export_agreement", "nosuch", "--output", str(tmp_path / "out"), check=False)
    assert unknown.returncode == 1
    assert "Studies here: demo." in unknown.stderr
