"""Real worker processes with a real Redis, killed with SIGKILL: no stimulus is embedded twice, none is lost."""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.modeling.corpora import write_clips
from tests.modeling.fake_hub import silent_server
from tests.running_site import ROOT, Site

pytestmark = [pytest.mark.worker, pytest.mark.xdist_group("embedding workers")]

CLIPS = 24
ASK = """
from corpus.models import Corpus
from modeling.services.runs import request_run
from modeling.tasks import queue_run
runs = [request_run(corpus=Corpus.objects.get(), encoder=encoder).run for encoder in {encoders!r}]
for run in runs * {times}:
    queue_run(run.digest)
print(json.dumps([run.pk for run in runs]))
"""
# Batches so small and leases so short that a test can kill between batches and need not wait half a minute.
HURRIED_SETTINGS = 'from bcstudy.settings import *\nCELERY_IMPORTS = ("hurried_workers",)\n'
HURRIED_WORKERS = """
from datetime import timedelta
from modeling.services import computing, leases
computing.BATCH, leases.HEARTBEAT_S, leases.LEASE = 3, 0.5, timedelta(seconds=4)
"""


@pytest.fixture
def tones(site: Site, tmp_path: Path) -> Site:
    """A site with a corpus of tones of 2 s, of which `prosody` takes a noticeable time, and workers in a hurry."""
    (tmp_path / "hurried_settings.py").write_text(HURRIED_SETTINGS)
    (tmp_path / "hurried_workers.py").write_text(HURRIED_WORKERS)
    site.env |= {
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
        "DJANGO_SETTINGS_MODULE": "hurried_settings",
        "HF_HOME": str(tmp_path / "hf"),
    }
    site.manage("import_stimuli", str(write_clips(tmp_path / "clips", CLIPS, seconds=2.0)), "--corpus", "tones")
    return site


def ask(site: Site, *encoders: str, times: int = 1) -> list[int]:
    """Ask for runs and queue each so often; return their primary keys."""
    return list(site.python(ASK.format(encoders=encoders, times=times)))


def rows(site: Site, query: str, *arguments: object) -> list[dict[str, Any]]:
    """Read the database beside the workers, as often as a test likes."""
    with closing(sqlite3.connect(f"file:{site.home / 'db.sqlite3'}?mode=ro", uri=True, timeout=20)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query, arguments)]


def run_row(site: Site, pk: int) -> dict[str, Any]:
    return rows(site, "select * from modeling_embeddingrun where id = ?", pk)[0]


def embeddings(site: Site, pk: int) -> list[tuple[int, int]]:
    found = rows(site, "select id, stimulus_id from modeling_embedding where run_id = ? order by id", pk)
    return [(row["id"], row["stimulus_id"]) for row in found]


def wait(site: Site, pk: int, until: Callable[[dict[str, Any]], bool], seconds: float = 120) -> dict[str, Any]:
    """Wait until the run is as wanted; return its row."""
    deadline = time.monotonic() + seconds
    while not until(row := run_row(site, pk)):
        assert time.monotonic() < deadline, row
        time.sleep(0.05)
    return row


def more_than(stored: int) -> Callable[[dict[str, Any]], bool]:
    return lambda row: row["done"] > stored


def ended(row: dict[str, Any]) -> bool:
    return row["state"] in ("finished", "failed", "cancelled")


def test_workers_killed_in_the_middle_lose_nothing_and_double_nothing(tones: Site) -> None:
    tones.start_redis()
    (pk,) = ask(tones, "prosody")
    stored: list[tuple[int, int]] = []
    for _ in range(2):
        worker = tones.start_worker()
        wait(tones, pk, more_than(len(stored)))
        tones.kill_worker(worker)
        row = run_row(tones, pk)
        assert row["state"] == "running"
        assert embeddings(tones, pk)[: len(stored)] == stored  # what was there stayed as it was
        stored = embeddings(tones, pk)
        assert len(stored) % 3 == 0  # whole batches only
        assert 0 < len(stored) < CLIPS
    tones.start_worker()
    row = wait(tones, pk, ended)
    assert (row["state"], row["done"], row["total"]) == ("finished", CLIPS, CLIPS)
    final = embeddings(tones, pk)
    assert final[: len(stored)] == stored
    assert len(final) == len({stimulus for _, stimulus in final}) == CLIPS


def test_two_workers_do_not_do_the_same_work(tones: Site) -> None:
    tones.start_redis()
    (pk,) = ask(tones, "prosody", times=2)
    for _ in range(2):
        tones.start_worker()
    owners: set[str] = set()
    deadline = time.monotonic() + 120
    while not ended(row := run_row(tones, pk)):
        owners.add(row["lease_owner"])
        assert time.monotonic() < deadline, row
        time.sleep(0.05)
    assert row["state"] == "finished"
    assert len(owners - {""}) == 1
    assert len({stimulus for _, stimulus in embeddings(tones, pk)}) == CLIPS
    logs = "".join((tones.home / f"worker{each}.log").read_text() for each in range(2))
    assert "another worker has taken over" not in logs
    assert logs.count("compute_embeddings[") >= 4  # both had it in hand: received twice, and one came back to it


def test_a_worker_takes_up_what_is_left_unfinished_without_being_asked(tones: Site) -> None:
    tones.start_redis()
    (pk,) = ask(tones, "spectral", times=0)
    tones.start_worker()
    assert wait(tones, pk, ended)["state"] == "finished"


def test_a_hub_that_never_answers_fails_its_run_in_15_s_and_the_others_go_on(tones: Site) -> None:
    with silent_server() as address:
        tones.env["HF_ENDPOINT"] = address
        tones.start_worker()
        lost, good = ask(tones, "wavlm", "spectral")
        assert wait(tones, good, ended)["state"] == "finished"
        row = wait(tones, lost, ended)
    assert row["state"] == "failed"
    assert f"the hub {address} does not answer" in row["reason"]
    assert "hf download microsoft/wavlm-base-plus" in row["advice"]
    (took,) = rows(
        tones,
        "select (julianday(finished_at) - julianday(started_at)) * 86400 as s from modeling_embeddingrun where id = ?",
        lost,
    )
    assert took["s"] < 15
