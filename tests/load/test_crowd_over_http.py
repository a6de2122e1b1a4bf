"""200 browsers at once at a real server of several processes, on either database; a third of the people leave."""

from pathlib import Path

import pytest

from tests.databases import BOTH, site_on
from tests.load.crowd import Crowd, Watcher, make_study
from tests.load.outcome import check_outcome

N_PEOPLE, N_TRIALS, PLANNED, PAGES = 200, 8, 30, 2


@pytest.mark.worker
@pytest.mark.xdist_group("load")
@pytest.mark.parametrize("database", BOTH)
def test_two_hundred_browsers_at_once(database: str, migrated_home: Path, tmp_path: Path) -> None:
    with site_on(database, migrated_home, tmp_path) as (site, _):
        make_study(site, n_trials=N_TRIALS, planned=PLANNED, pages=PAGES)
        site.start_web(processes=2)
        watcher = Watcher(site)
        crowd = Crowd(site, watcher)
        with watcher:
            crowd.run(N_PEOPLE)
            crowd.fill_up(N_PEOPLE, most=N_TRIALS * PLANNED)
        check_outcome(site, crowd, planned=PLANNED)
        # On a machine that does other work too, a reply may come after the browser's patience; nothing else may fail.
        assert [failure for failure in crowd.failures if "timed out" not in failure] == []
        assert len(crowd.ends) > N_PEOPLE
        assert watcher.looks > 100
