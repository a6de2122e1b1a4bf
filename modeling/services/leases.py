"""How a worker holds a run: taken by one at a time, kept by a lease that it renews, ended.

A killed worker's lease runs out and another goes on with what is missing. Every change of a running run is
conditional on the lease, so that a worker which was thought dead and is not cannot store anything twice.
Keyword-only functions, each one transaction.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from modeling.enums import RunState
from modeling.errors import LeaseLostError, RunError
from modeling.models import LeasedRun
from modeling.queries.runs import UNFINISHED

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
"""How long a worker that is not heard of any more keeps a run."""
HEARTBEAT_S = 8.0
MOST_FRUITLESS_TAKES = 4
"""Workers that a run may cost, one after the other, without anything stored in between."""


@transaction.atomic
def take(*, run: LeasedRun, owner: str) -> bool:
    """Take the run for `owner` if it is unfinished and nobody else is at it; tell whether it was taken.

    A run that has cost several workers their life without getting any further (too little memory, say) fails.
    """
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now) | Q(lease_owner=owner)
    taken = rows_of(run).filter(free, state__in=UNFINISHED)
    if not taken.update(
        state=RunState.RUNNING,
        lease_owner=owner,
        lease_until=now + LEASE,
        started_at=Coalesce("started_at", now),
        taken_at=now,
        done_when_taken=F("done"),
        fruitless_takes=F("fruitless_takes") + 1,
    ):
        return False
    run.refresh_from_db()
    if run.fruitless_takes <= MOST_FRUITLESS_TAKES:
        return True
    fail(
        run=run,
        owner=owner,
        reason=f"{MOST_FRUITLESS_TAKES} workers in a row were lost at it before they stored anything.",
        advice="See in the system's log why they were killed; most often there is too little memory. Then ask again.",
    )
    return False


def hold(*, run: LeasedRun, owner: str, **changes: Any) -> None:
    """Change the row if it is running and the owner's; raise `LeaseLostError` otherwise."""
    if not rows_of(run).filter(lease_owner=owner, state=RunState.RUNNING).update(**changes):
        raise LeaseLostError(run.label)


@transaction.atomic
def renew(*, run: LeasedRun, owner: str) -> None:
    """Keep the run for another `LEASE`; raise `LeaseLostError` if it is no longer the owner's."""
    hold(run=run, owner=owner, lease_until=timezone.now() + LEASE)


@transaction.atomic
def fail(*, run: LeasedRun, owner: str, reason: str, advice: str) -> None:
    """Mark the run failed, with the reason and what to do. What was stored stays. Raises `LeaseLostError`."""
    hold(run=run, owner=owner, reason=reason, advice=advice, **ended(RunState.FAILED))


@transaction.atomic
def cancel(*, run: LeasedRun) -> bool:
    """Cancel an unfinished run; its worker stops after what it is at. Tell whether there was one to cancel."""
    return bool(rows_of(run).filter(state__in=UNFINISHED).update(**ended(RunState.CANCELLED)))


@transaction.atomic
def revive(*, run: LeasedRun) -> bool:
    """Queue a run again that had failed or was cancelled; tell whether it had."""
    again = rows_of(run).filter(state__in=(RunState.FAILED, RunState.CANCELLED))
    queued = {"state": RunState.QUEUED, "reason": "", "advice": "", "fruitless_takes": 0}
    return bool(again.update(**queued, lease_owner="", lease_until=None, finished_at=None))


def ended(state: RunState) -> dict[str, Any]:
    """Return the changes that end a run."""
    return {"state": state, "finished_at": timezone.now(), "lease_owner": "", "lease_until": None}


def fail_for(*, run: LeasedRun, owner: str, error: Exception) -> None:
    """Mark the run failed for what an exception says, unless it has gone to another worker."""
    try:
        fail(run=run, owner=owner, reason=_reason(error), advice=_advice(error))
    except LeaseLostError as lost:
        log.warning("%s", lost)


@contextmanager
def kept_alive(run: LeasedRun, owner: str) -> Iterator[None]:
    """Renew the lease while the block runs, so that slow loading or a slow batch is not taken for a dead worker."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(HEARTBEAT_S):
            try:
                renew(run=run, owner=owner)
            except LeaseLostError:
                break  # the next batch finds out
            except OperationalError as error:
                log.warning("lease of run %s not renewed: %s", run.label, error)
                connection.close()
        connection.close()

    thread = threading.Thread(target=beat, name=f"lease of {run.label}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def rows_of(run: LeasedRun) -> QuerySet[Any]:
    """Return the query of this run's row alone."""
    return type(run)._default_manager.filter(pk=run.pk)


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", "") or error or type(error).__name__)


def _advice(error: Exception) -> str:
    advice = str(getattr(error, "advice", ""))
    if advice:
        return advice
    if isinstance(error, RunError):
        return ""
    return "Ask for the run again to go on with what is missing. The worker's log has the details."
