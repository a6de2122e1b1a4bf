"""Real workers killed with SIGKILL between any two writes of a run: it goes on, and ends as one that nobody killed.

The points of death are those between two files, and between a file and the database: a process that is gone there
leaves one without the other. At some of them the process that trains is killed alone, as the kernel does it when memory
is short; at others all of the worker is, as in a power cut, and another one is started.
"""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.modeling.test_workers import rows
from tests.running_site import ROOT, Site

pytestmark = [pytest.mark.worker, pytest.mark.xdist_group("embedding workers")]

PREPARE = """
from pathlib import Path
from tests.analysis.planted_people import planted_people
from tests.modeling.training.planted_dialogues import planted_corpus
planted_corpus(Path({folder!r}), parts={{"train": 12, "validation": 4, "test": 4}})
planted_people()
"""
ASK = """
from django.core.management import call_command
for words in {words!r}:
    call_command(*words.split(), "--no-wait", "--name", {name!r})
"""
WORDS = [
    "train_joint planted --encoder spectral --context audio --set dimension=8 batch=16 epochs=4",
    "fit_people demo --align planted --rank 1 --strengths 0.01",
    "fit_people demo --map --dimensions 1 2 --folds 2 --starts 1",
]
DEATHS = {
    # kind: the file that is about to take its place, or has just taken it, and who dies
    "item_vectors": ["before progress.json alone", "after card.json alone"],
    "joint": ["after epoch-0002.safetensors all", "after card.json alone", "before finishing alone"],
    "alignment": ["before fold-001.json alone", "after transform.safetensors alone"],
    "ordinal": ["after dimension-001-fold-001.json alone", "after coordinates.csv alone"],
}
HURRIED_SETTINGS = 'from bcstudy.settings import *\nCELERY_IMPORTS = ("dying",)\n'
DYING = """
import os, signal
from datetime import timedelta
from pathlib import Path
# What training loads, so that every process that takes the place of a dead one has it already.
import scipy.optimize, torch._dynamo
from modeling.ml.alignment import run
from modeling.ml.encoders import load_encoder
from modeling.ml.joint import training
from modeling.ml.ordinal import run
from modeling import tasks
from modeling.ml.vectors import embedders, filling
from modeling.services import leases
from modeling.services.training import runs

load_encoder("spectral", {{}})
embedders.SoundEmbedder.batch, filling.SAVE_EVERY_S = 16, 0.0
leases.HEARTBEAT_S, leases.LEASE, tasks.MARGIN = 0.4, timedelta(seconds=2), timedelta(seconds=0.2)
DEATHS, DIED = {deaths!r}, Path({died!r})
replace, finish = Path.replace, runs.finish_training

def die_if_due(kind, point):
    for number, death in enumerate(DEATHS.get(kind, ())):
        when, _, who = death.rpartition(" ")
        mark = DIED / f"{{kind}}-{{number}}"
        if when == point and not mark.exists():
            mark.touch()
            if who == "all":
                os.killpg(os.getpgrp(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)

def dying_replace(path, target):
    kind = next((part for part in Path(target).parts if part in DEATHS), "")
    die_if_due(kind, f"before {{Path(target).name}}")
    replace(path, target)
    die_if_due(kind, f"after {{Path(target).name}}")

def dying_finish(*, run, **rest):
    die_if_due(run.kind, "before finishing")
    finish(run=run, **rest)

Path.replace, runs.finish_training = dying_replace, dying_finish
"""
AGAIN = """
from modeling.models import TrainingRun
from modeling.services.training.runs import request_training
from modeling.tasks import queue_training
first = TrainingRun.objects.filter(kind="item_vectors").order_by("pk")
again = [request_training(kind=r.kind, corpus=r.corpus, settings=r.settings, name="again").run for r in first]
for run in (*first, *again, *TrainingRun.objects.exclude(kind="item_vectors")):
    queue_training(run.digest)
print(json.dumps(len(again)))
"""


@pytest.fixture
def dying(site: Site) -> Site:
    """A site with dialogues that sound, a study that people answered, and workers that die at every point once."""
    (site.home / "died").mkdir()
    (site.home / "dying_settings.py").write_text(HURRIED_SETTINGS)
    (site.home / "dying.py").write_text(DYING.format(deaths=DEATHS, died=str(site.home / "died")))
    site.env |= {
        "PYTHONPATH": os.pathsep.join([str(site.home), str(ROOT)]),
        "DJANGO_SETTINGS_MODULE": "dying_settings",
    }
    return site


def test_every_kind_of_run_survives_its_workers(dying: Site) -> None:
    dying.start_redis()
    prepare = PREPARE.format(folder=str(dying.home / "planted"))
    dying.python(prepare + ASK.format(words=WORDS, name="") + "print(json.dumps(True))")
    see_through(dying)
    assert {path.name for path in (dying.home / "died").iterdir()} == {
        f"{kind}-{number}" for kind, deaths in DEATHS.items() for number in range(len(deaths))
    }
    ended = {(row["kind"], row["label"]): (row["state"], row["reason"]) for row in runs_of(dying)}
    assert set(ended.values()) == {("finished", "")}, ended
    assert len(ended) == 5  # two of item vectors
    written = files_of(dying)

    # The same once more under another name, and what is finished is queued again too.
    assert dying.python(ASK.format(words=WORDS, name="again") + AGAIN) == 2
    see_through(dying)
    every = files_of(dying)
    assert {path: every[path] for path in written} == written  # and nothing of it was written again
    runs = runs_of(dying)
    assert len(runs) == 10
    for run in runs:
        twin = next(each for each in runs if (each["kind"], each["label"]) == (run["kind"], run["label"]))
        assert results(dying, run) == results(dying, twin)
        assert run["metrics"] == twin["metrics"]
        assert run["done"] == run["total"]


def see_through(site: Site, seconds: float = 300) -> None:
    """Start a worker whenever there is none, until every run has ended and every message was taken."""
    deadline = time.monotonic() + seconds
    worker = None
    while any(row["state"] in ("queued", "running") for row in runs_of(site)):
        if worker is None or worker.poll() is not None:
            worker = site.start_worker()
        assert time.monotonic() < deadline, [(row["kind"], row["state"], row["done"]) for row in runs_of(site)]
        time.sleep(0.1)


def runs_of(site: Site) -> list[dict[str, Any]]:
    return rows(site, "select * from modeling_trainingrun order by id")


def folder_of(site: Site, run: dict[str, Any]) -> Path:
    return site.home / "models" / run["kind"] / run["digest"][:16]


def files_of(site: Site) -> dict[Path, tuple[int, bytes]]:
    """Return when each file of the runs was written, and its content."""
    paths = [path for run in runs_of(site) for path in folder_of(site, run).rglob("*") if path.is_file()]
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def results(site: Site, run: dict[str, Any]) -> dict[str, bytes]:
    """Return what came of a run, by file; cards tell of the run itself too."""
    wanted = (".npy", ".safetensors", ".csv")
    paths = [path for path in folder_of(site, run).rglob("*") if path.suffix in wanted]
    assert paths
    return {path.name: path.read_bytes() for path in paths}
