"""Celery tasks: embedding runs and training runs."""

import multiprocessing
import os
import socket
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down
from django.db import OperationalError
from django.utils import timezone

from modeling.queries.runs import lease_free_at, run_by_digest, unfinished_runs
from modeling.queries.training import training_by_digest, unfinished_training
from modeling.services.computing import compute_run
from modeling.services.training.doing import train_run
from modeling.services.training.kinds import kind_named

MARGIN = timedelta(seconds=1)
# Set in the worker's first process and seen by those it forked, which a polite kill does not reach. It has no lock: a
# process that is killed while it looks would take one with it, and every later one would wait for that for good.
_stopping = multiprocessing.RawValue("b", 0)


def _is_stopping() -> bool:
    return bool(_stopping.value)


@shared_task(
    name="modeling.compute_embeddings",
    bind=True,
    max_retries=None,
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    retry_backoff_max=60,
)
def compute_embeddings(self: Any, run_digest: str) -> None:
    """Compute a run. While another worker is at it, come back when that one's lease may have run out."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{self.request.id}"
    if compute_run(digest=run_digest, owner=owner):
        return
    run = run_by_digest(run_digest)
    if run in unfinished_runs():
        raise self.retry(countdown=(lease_free_at(run) + MARGIN - timezone.now()).total_seconds())


def queue_run(run_digest: str) -> None:
    """Ask a worker to compute a run; raises `kombu.exceptions.OperationalError` where the queue cannot be reached."""
    compute_embeddings.apply_async((run_digest,), retry=False)


@shared_task(
    name="modeling.train",
    bind=True,
    max_retries=None,
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    retry_backoff_max=60,
)
def train(self: Any, run_digest: str) -> None:
    """Train. While another worker is at it, come back when that one's lease may have run out."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{self.request.id}"
    if train_run(digest=run_digest, owner=owner, stopping=_is_stopping):
        if _is_stopping() and training_by_digest(run_digest) in unfinished_training():
            queue_training(run_digest)
        return
    run = training_by_digest(run_digest)
    if run in unfinished_training():
        raise self.retry(countdown=(lease_free_at(run) + MARGIN - timezone.now()).total_seconds())


def queue_training(run_digest: str) -> None:
    """Ask a worker of the kind's queue to train; raises `kombu.exceptions.OperationalError` as `queue_run` does."""
    kind = kind_named(training_by_digest(run_digest).kind)
    train.apply_async((run_digest,), queue=kind.queue, retry=False)


@worker_shutting_down.connect
def stop_training(**_: Any) -> None:
    """Let training save a checkpoint and end, so that the worker can."""
    _stopping.value = 1


@worker_ready.connect
def take_up_unfinished_runs(**_: Any) -> None:
    """Queue what an earlier worker left unfinished; a run that is being computed is not taken twice."""
    for run in unfinished_runs():
        queue_run(run.digest)
    for training in unfinished_training():
        queue_training(training.digest)
