"""The life of an embedding run: asked for, taken by one worker at a time (`leases`), stored batch by batch, ended.

Keyword-only functions, each one transaction.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.utils import timezone

from corpus.models import Corpus, Stimulus
from modeling.enums import RunState
from modeling.errors import EmptyCorpusError, RunError
from modeling.models import Embedding, EmbeddingRun
from modeling.services import leases
from modeling.services.encoders import described, weights_here
from modeling.signals import run_finished


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
    _refuse_changed_weights(run)
    revived = leases.revive(run=run)
    run.refresh_from_db()
    return Requested(run, new=made or revived)


def run_digest(*, corpus_digest: str, encoder: str, settings: Mapping[str, Any]) -> str:
    """Return the name of a run: SHA-256 over the corpus, the encoder and its complete settings."""
    text = json.dumps([corpus_digest, encoder, settings], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def record_identity(*, run: EmbeddingRun, owner: str, weights_digest: str, versions: Mapping[str, str]) -> None:
    """Store which weights and libraries compute the run.

    Raises `RunError` where vectors are stored already and came from other weights: one run never mixes two models.
    """
    _refuse_other_weights(EmbeddingRun.objects.get(pk=run.pk), weights_digest)
    leases.hold(run=run, owner=owner, weights_digest=weights_digest, versions=dict(versions))


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
    leases.hold(run=run, owner=owner, lease_until=timezone.now() + leases.LEASE, dimension=vectors.shape[1])
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
    leases.hold(run=run, owner=owner, **leases.ended(RunState.FINISHED))
    transaction.on_commit(lambda: run_finished.send(EmbeddingRun, run_digest=run.digest), robust=True)


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
