"""What must be true when a crowd has gone: counted against what the browsers saw acknowledged."""

from tests.load.crowd import Crowd
from tests.load.ledger import Ledger
from tests.running_site import Site


def check_outcome(site: Site, crowd: Crowd, *, planned: int) -> None:
    """Nothing lost, nothing doubled, each trial exactly at its number and never above."""
    ledger = Ledger(site)
    stored, trials = ledger.answers(), ledger.trials()
    ledger.close()
    lost = {key: page for key, page in crowd.acknowledged.items() if stored.get(key) != page}
    assert lost == {}, "acknowledged, and not stored"
    # Everybody sent until it was acknowledged: what is stored beyond that was never sent.
    assert stored.keys() == crowd.acknowledged.keys()
    assert len(set(stored.values())) == len(stored), "a page was answered twice"
    assert [(one.trial, one.answered, one.taken) for one in trials] == [(one.trial, planned, planned) for one in trials]
    assert crowd.watcher.faults == [], "at some moment a trial had more than planned, or was counted wrongly"
