"""Celery tasks: embedding runs."""

import os
import socket
from datetime import timedelta
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.db import OperationalError
from django.utils import timezone

from modeling.queries.runs import lease_free_at, run_by_digest, unfinished_runs
from modeling.services.computing import compute_run

MARGIN = timedelta(seconds=1)


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


@worker_ready.connect
def take_up_unfinished_runs(**_: Any) -> None:
    """Queue what an earlier worker left unfinished; a run that is being computed is not taken twice."""
    for run in unfinished_runs():
        queue_run(run.digest)
