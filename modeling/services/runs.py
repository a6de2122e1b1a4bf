"""The life of an embedding run: asked for, taken by one worker at a time, stored batch by batch, ended.

A worker holds a run by a lease that it renews; a killed worker's lease runs out and another goes on with what is
missing. Every change of a running run is conditional on the lease, so that a worker which was thought dead and is
not cannot store anything twice. Keyword-only functions, each one transaction.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from corpus.models import Corpus, Stimulus
from modeling.enums import RunState
from modeling.errors import EmptyCorpusError, LeaseLostError, RunError
from modeling.models import Embedding, EmbeddingRun
from modeling.queries.runs import UNFINISHED
from modeling.services.encoders import described, weights_here
from modeling.signals import run_finished

LEASE = timedelta(seconds=30)
"""How long a worker that is not heard of any more keeps a run."""
MOST_FRUITLESS_TAKES = 4
"""Workers that a run may cost, one after the other, without a vector stored in between."""


@dataclass(frozen=True, slots=True)
class Requested:
    """A run that was asked for; `new` if it has to be computed (again), else it is under way or finished."""

    run: EmbeddingRun
    new: bool


@transaction.atomic
def request_run(*, corpus: Corpus, encoder: str, settings: Mapping[str, Any] | None = None) -> Requested:
    """Return the run of this encoder with these settings over the corpus as it is now, made if there is none.

    A run that had failed or was cancelled is queued again and goes on with what it lacks. Raises
    `UnknownEncoderError`, `EncoderSettingsError`, `EmptyCorpusError`, and `RunError` where a folder of weights holds
    others than those that vectors of this run came from.
    """
    complete, label = described(encoder, settings or {})
    total = corpus.stimuli.count()
    if not total:
        raise EmptyCorpusError(corpus.slug)
    digest = run_digest(corpus_digest=corpus.digest, encoder=encoder, settings=complete)
    run, made = EmbeddingRun.objects.get_or_create(
        digest=digest,
        defaults={
            "corpus": corpus,
            "corpus_digest": corpus.digest,
            "encoder": encoder,
            "settings": complete,
            "label": label,
            "total": total,
        },
    )
    again = Q(state__in=(RunState.FAILED, RunState.CANCELLED))
    _refuse_changed_weights(run)
    revived = EmbeddingRun.objects.filter(again, pk=run.pk).update(
        state=RunState.QUEUED,
        reason="",
        advice="",
        lease_owner="",
        lease_until=None,
        finished_at=None,
        fruitless_takes=0,
    )
    run.refresh_from_db()
    return Requested(run, new=made or bool(revived))


def run_digest(*, corpus_digest: str, encoder: str, settings: Mapping[str, Any]) -> str:
    """Return the name of a run: SHA-256 over the corpus, the encoder and its complete settings."""
    text = json.dumps([corpus_digest, encoder, settings], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def take_run(*, run: EmbeddingRun, owner: str) -> bool:
    """Take the run for `owner` if it is unfinished and nobody else is at it; tell whether it was taken.

    A run that has cost several workers their life without getting any further (too little memory, say) fails.
    """
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now) | Q(lease_owner=owner)
    rows = EmbeddingRun.objects.filter(free, pk=run.pk, state__in=UNFINISHED)
    taken = rows.update(
        state=RunState.RUNNING,
        lease_owner=owner,
        lease_until=now + LEASE,
        started_at=Coalesce("started_at", now),
        taken_at=now,
        done_when_taken=F("done"),
        fruitless_takes=F("fruitless_takes") + 1,
    )
    if not taken:
        return False
    run.refresh_from_db()
    if run.fruitless_takes <= MOST_FRUITLESS_TAKES:
        return True
    fail_run(
        run=run,
        owner=owner,
        reason=f"{MOST_FRUITLESS_TAKES} workers in a row were lost at it before they stored anything.",
        advice="See in the system's log why they were killed; most often there is too little memory. Then ask again.",
    )
    return False


@transaction.atomic
def renew_lease(*, run: EmbeddingRun, owner: str) -> None:
    """Keep the run for another `LEASE`; raise `LeaseLostError` if it is no longer the owner's."""
    _held(run, owner, lease_until=timezone.now() + LEASE)


@transaction.atomic
def record_identity(*, run: EmbeddingRun, owner: str, weights_digest: str, versions: Mapping[str, str]) -> None:
    """Store which weights and libraries compute the run.

    Raises `RunError` where vectors are stored already and came from other weights: one run never mixes two models.
    """
    _refuse_other_weights(EmbeddingRun.objects.get(pk=run.pk), weights_digest)
    _held(run, owner, weights_digest=weights_digest, versions=dict(versions))


@transaction.atomic
def store_batch(*, run: EmbeddingRun, owner: str, stimuli: Sequence[Stimulus], vectors: npt.NDArray[np.float32]) -> int:
    """Store one vector for each stimulus, `vectors` of shape (len(stimuli), dimension); return how many are done.

    Raises `LeaseLostError` (then nothing is stored) and `RunError` for vectors that no analysis could use.
    """
    if vectors.shape[0] != len(stimuli) or vectors.ndim != 2:
        raise RunError(f"The encoder gave vectors of shape {vectors.shape} for {len(stimuli)} stimuli.")
    unusable = [one.key for one, row in zip(stimuli, vectors, strict=True) if not np.isfinite(row).all()]
    if unusable:
        raise RunError(f"The encoder gave numbers that are not finite for {', '.join(unusable[:5])}.")
    # The lease is checked by the same statement that locks the row.
    _held(run, owner, lease_until=timezone.now() + LEASE, dimension=vectors.shape[1])
    rows = vectors.astype("<f4")
    Embedding.objects.bulk_create(
        Embedding(run=run, stimulus=stimulus, vector=row.tobytes()) for stimulus, row in zip(stimuli, rows, strict=True)
    )
    done = Embedding.objects.filter(run=run).count()
    # Stimuli that were added since the run was asked for are embedded too.
    total = Stimulus.objects.filter(corpus=run.corpus_id).count()
    EmbeddingRun.objects.filter(pk=run.pk).update(done=done, total=total, fruitless_takes=0)
    return done


@transaction.atomic
def finish_run(*, run: EmbeddingRun, owner: str) -> None:
    """Mark the run finished and tell who listens. Raises `LeaseLostError`."""
    _held(run, owner, state=RunState.FINISHED, finished_at=timezone.now(), lease_owner="", lease_until=None)
    transaction.on_commit(lambda: run_finished.send(EmbeddingRun, run_digest=run.digest), robust=True)


@transaction.atomic
def fail_run(*, run: EmbeddingRun, owner: str, reason: str, advice: str) -> None:
    """Mark the run failed, with the reason and what to do. What was stored stays. Raises `LeaseLostError`."""
    _held(
        run,
        owner,
        state=RunState.FAILED,
        reason=reason,
        advice=advice,
        finished_at=timezone.now(),
        lease_owner="",
        lease_until=None,
    )


@transaction.atomic
def cancel_run(*, run: EmbeddingRun) -> bool:
    """Cancel an unfinished run; its worker stops after the batch it is at. Tell whether there was one to cancel."""
    cancelled = EmbeddingRun.objects.filter(pk=run.pk, state__in=UNFINISHED).update(
        state=RunState.CANCELLED, lease_owner="", lease_until=None, finished_at=timezone.now()
    )
    return bool(cancelled)


def _refuse_changed_weights(run: EmbeddingRun) -> None:
    present = weights_here(run.encoder, run.settings) if run.done else None
    if present is not None:
        _refuse_other_weights(run, present)


def _refuse_other_weights(run: EmbeddingRun, weights_digest: str) -> None:
    if run.done and run.weights_digest != weights_digest:
        raise RunError(
            f"The weights are not those that the first {run.done} vectors came from "
            f"({run.weights_digest[:12]}… then, {weights_digest[:12]}… now). Put the earlier weights back, or "
            "give the new ones another name or folder."
        )


def _held(run: EmbeddingRun, owner: str, **changes: Any) -> None:
    """Change the row if it is running and the owner's; raise `LeaseLostError` otherwise."""
    rows = EmbeddingRun.objects.filter(pk=run.pk, lease_owner=owner, state=RunState.RUNNING)
    if not rows.update(**changes):
        raise LeaseLostError(run.label)
