"""Celery tasks: predictions and snapshots of agreement."""

import logging
from typing import Any

from celery import shared_task
from kombu.exceptions import OperationalError

from analysis.enums import PriorityBy
from analysis.errors import AnalysisError
from analysis.services.predict import predict_corpus, predict_version
from analysis.services.priorities import prioritise
from analysis.services.snapshots import refresh_agreement

log = logging.getLogger(__name__)


@shared_task(name="analysis.predict_run")
def predict_run(run_digest: str) -> None:
    """Predict every trial of every study that uses the run's corpus."""
    for coverage in predict_corpus(run_digest=run_digest):
        log.info("%s", coverage)


@shared_task(name="analysis.predict_planned")
def predict_planned(version_pk: int) -> None:
    """Predict a version's trials by every run that has finished."""
    for coverage in predict_version(version_pk=version_pk):
        log.info("%s", coverage)


@shared_task(name="analysis.refresh_agreement")
def refresh(version_pk: int, population: str) -> None:
    """Compute agreement from the answers as they are now."""
    refresh_agreement(version_pk=version_pk, population=population)


@shared_task(name="analysis.prioritise_trials")
def prioritise_trials(version_pk: int, by: str) -> None:
    """Work out which trials to ask next. Where there is nothing to go by yet, priorities stay as they are."""
    try:
        prioritise(version_pk=version_pk, by=PriorityBy(by))
    except AnalysisError as error:
        log.info("priorities of version %s by %s: %s", version_pk, by, error)


def queue(task: Any, *arguments: str | int) -> bool:
    """Ask a worker to do a task; tell whether the queue could be reached.

    Whoever finished the work before must not fail because the queue is away: the export computes what is missing, and
    `manage.py predict STUDY` does it at once.
    """
    try:
        task.apply_async(arguments, retry=False)
    except OperationalError as error:
        log.warning(
            "%s was not queued, because the queue cannot be reached (%s). Nothing is lost: an export computes missing "
            "predictions, and `manage.py predict STUDY` does it now.",
            task.name,
            error,
        )
        return False
    return True
