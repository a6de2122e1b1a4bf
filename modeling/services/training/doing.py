"""Doing a training run: take it, train, end it."""

import logging
from collections.abc import Callable

from django.db import OperationalError

from modeling.errors import LeaseLostError
from modeling.models import TrainingRun
from modeling.queries.training import training_by_digest
from modeling.services import leases
from modeling.services.training import runs
from modeling.services.training.base import Outcome
from modeling.services.training.kinds import kind_named
from modeling.services.training.listening import Progress, RunListener

log = logging.getLogger(__name__)


def train_run(
    *, digest: str, owner: str, progress: Progress = lambda _: None, stopping: Callable[[], bool] = lambda: False
) -> bool:
    """Train until the run is finished, cancelled, or `stopping` says so; tell whether the run was free to be taken.

    Stopped by `stopping` it goes back to the queue with a checkpoint. Whatever else ends training fails the run with
    the reason and what to do; the worker itself goes on. Raises `django.db.OperationalError` where the database cannot
    be reached; the run goes on from its last checkpoint when it is asked for again.
    """
    run = training_by_digest(digest)
    if not leases.take(run=run, owner=owner):
        return False
    try:
        with leases.kept_alive(run, owner):
            _train(run, owner, progress, stopping)
    except LeaseLostError as error:
        log.warning("%s", error)
    except OperationalError:
        raise  # the database is away: whoever called tries again, and the lease runs out meanwhile
    except Exception as error:
        log.exception("training run %s failed", run)
        leases.fail_for(run=run, owner=owner, error=error)
    return True


def train_beside(*, digest: str) -> None:
    """Train as one of several processes of a run of which the first holds the lease and tells how it goes."""
    run = training_by_digest(digest)
    kind_named(run.kind).train(run, run.folder, _Deaf())


def _train(run: TrainingRun, owner: str, progress: Progress, stopping: Callable[[], bool]) -> None:
    listener = RunListener(run, owner, progress=progress, stopping=stopping)
    outcome = kind_named(run.kind).train(run, run.folder, listener)
    listener.flush()
    if outcome.metrics is not None:
        runs.finish_training(
            run=run, owner=owner, metrics=outcome.metrics, versions=outcome.metrics.get("versions", {})
        )
    else:
        _leave(run, owner, outcome)


def _leave(run: TrainingRun, owner: str, outcome: Outcome) -> None:
    try:
        runs.put_back(run=run, owner=owner)
    except LeaseLostError:
        log.info("%s: cancelled after step %s of %s", run, outcome.step, outcome.total)


class _Deaf:
    """The listener of the processes beside the first."""

    def say(self, text: str) -> None:
        """Store nothing."""

    def at(self, *, step: int, total: int, speed: float | None = None) -> None:
        """Store nothing."""

    def point(self, step: int, split: str, name: str, value: float) -> None:
        """Store nothing."""

    def saved(self, step: int) -> None:
        """Store nothing."""

    def stop(self) -> bool:
        """Leave it to the first process."""
        return False
