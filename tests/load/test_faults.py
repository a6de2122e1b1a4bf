"""Whatever is killed in the middle of a study, and started again: no acknowledged answer is lost or doubled."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from celery import Celery

from tests.databases import BOTH, site_on
from tests.load.crowd import Crowd, Watcher, make_study
from tests.load.killing import WEB_PROCESSES, Killer
from tests.load.ledger import Ledger
from tests.load.outcome import check_outcome
from tests.running_site import Site

N_PEOPLE, N_TRIALS, PLANNED, PAGES = 40, 8, 19, 6
THINK_S = 6.0


def the_worker_works(site: Site, version: int) -> bool:
    """Queue figures of the study page and wait for them."""
    with Celery(broker=f"redis+socket://{site.home / 'redis.sock'}") as queue:
        queue.send_task("analysis.refresh_agreement", [version, "people"], queue="cpu")
    with closing(Ledger(site)) as ledger:
        until = time.monotonic() + 60
        while not ledger.snapshots() and time.monotonic() < until:
            time.sleep(0.1)
        return ledger.snapshots() == 1


@pytest.mark.worker
@pytest.mark.xdist_group("load")
@pytest.mark.parametrize("database", BOTH)
def test_no_acknowledged_answer_is_lost_when_everything_is_killed(
    database: str, migrated_home: Path, tmp_path: Path
) -> None:
    with site_on(database, migrated_home, tmp_path) as (site, server):
        version = make_study(site, n_trials=N_TRIALS, planned=PLANNED, pages=PAGES)
        site.start_worker()
        site.start_web(processes=WEB_PROCESSES)
        watcher, killer = Watcher(site), Killer(site, server)
        crowd = Crowd(site, watcher, think_s=THINK_S)
        with watcher, ThreadPoolExecutor(1) as beside:
            killer.kill_during(beside.submit(crowd.run, N_PEOPLE))
            crowd.fill_up(N_PEOPLE, most=N_TRIALS * PLANNED)
        check_outcome(site, crowd, planned=PLANNED)
        assert the_worker_works(site, version)
        killed = {"web_process", "web", "worker", "redis"} | ({"database_server"} if server else set())
        assert killed <= killer.kills.keys()
        assert crowd.failures != [], "nobody noticed that anything was killed"
