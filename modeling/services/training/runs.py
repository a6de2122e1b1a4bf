"""The life of a training run: asked for, taken by one worker at a time (`leases`), told of step by step, ended.

Keyword-only functions, each one transaction.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from corpus.models import Corpus
from modeling.enums import RunState
from modeling.errors import TrainingSettingsError
from modeling.models import TrainingPoint, TrainingRun
from modeling.services import leases
from modeling.services.training.kinds import kind_named


@dataclass(frozen=True, slots=True)
class RequestedTraining:
    """A run that was asked for. `new`: made now; `revived`: had failed or was cancelled, and goes on."""

    run: TrainingRun
    new: bool
    revived: bool


@transaction.atomic
def request_training(
    *,
    kind: str,
    corpus: Corpus | None,
    settings: Mapping[str, Any],
    name: str = "",
    parents: Sequence[TrainingRun] = (),
    revive: bool = True,
) -> RequestedTraining:
    """Return the run of this kind with these settings on the corpus as it is now, made if there is none.

    One that had failed or was cancelled is queued again and goes on from its last checkpoint, unless `revive` is
    False. Raises `UnknownKindError`, `TrainingSettingsError`, and `RunError` where there is nothing to train on.
    """
    training = kind_named(kind)
    try:
        complete = training.complete(settings)
    except ValueError as error:
        raise TrainingSettingsError(f"{kind}: {error}") from error
    data = training.data_digest(corpus, complete)
    digest = training_digest(kind=kind, data=data, settings=complete, name=name, parents=[p.digest for p in parents])
    run, made = TrainingRun.objects.get_or_create(
        digest=digest,
        defaults={
            "kind": kind,
            "name": name,
            "corpus": corpus,
            "data_digest": data,
            "settings": complete,
            "label": training.label(complete),
        },
    )
    if made:
        run.parents.set(parents)
    revived = revive and leases.revive(run=run)
    run.refresh_from_db()
    return RequestedTraining(run, new=made, revived=revived)


def training_digest(*, kind: str, data: str, settings: Mapping[str, Any], name: str, parents: Sequence[str]) -> str:
    """Return the name of a run: SHA-256 over its kind, data, complete settings, name and the runs it builds on."""
    told = [kind, data, settings, name, sorted(parents)]
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@transaction.atomic
def record_phase(*, run: TrainingRun, owner: str, phase: str) -> None:
    """Store what the run is doing now. Raises `LeaseLostError`, as everything below does."""
    leases.hold(run=run, owner=owner, phase=phase, lease_until=timezone.now() + leases.LEASE)


@transaction.atomic
def begin_steps(*, run: TrainingRun, owner: str, done: int) -> None:
    """Count pace and time left from now and from step `done`: preparing is over."""
    leases.hold(run=run, owner=owner, taken_at=timezone.now(), done_when_taken=done, done=done)


@transaction.atomic
def record_step(*, run: TrainingRun, owner: str, step: int, total: int, speed: float | None) -> None:
    """Store how far the run is."""
    until = timezone.now() + leases.LEASE
    leases.hold(run=run, owner=owner, done=step, total=total, speed=speed, lease_until=until)


@transaction.atomic
def record_points(*, run: TrainingRun, owner: str, points: Sequence[tuple[int, str, str, float]]) -> None:
    """Store points (step, split, name, value) of its curves; one that was there is replaced."""
    leases.hold(run=run, owner=owner, lease_until=timezone.now() + leases.LEASE)
    rows = [TrainingPoint(run=run, step=s, split=split, name=name, value=v) for s, split, name, v in points]
    TrainingPoint.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["run", "name", "split", "step"], update_fields=["value"]
    )


@transaction.atomic
def record_saved(*, run: TrainingRun, owner: str, step: int) -> None:
    """Store that a checkpoint of this step is on disk: also of a run that was cancelled meanwhile, to go on from."""
    if not leases.rows_of(run).filter(state=RunState.CANCELLED).update(saved=step, done=step):
        leases.hold(run=run, owner=owner, saved=step, done=step, fruitless_takes=0)


@transaction.atomic
def finish_training(*, run: TrainingRun, owner: str, metrics: Mapping[str, Any], versions: Mapping[str, str]) -> None:
    """Mark the run finished, with what came of it."""
    leases.hold(
        run=run, owner=owner, metrics=dict(metrics), versions=dict(versions), done=F("total"), phase="",
        **leases.ended(RunState.FINISHED),
    )  # fmt: skip


@transaction.atomic
def put_back(*, run: TrainingRun, owner: str) -> None:
    """Queue the run for the next worker: this one is being stopped, and a checkpoint is saved."""
    queued = {"state": RunState.QUEUED, "phase": "", "fruitless_takes": 0}
    leases.hold(run=run, owner=owner, lease_owner="", lease_until=None, **queued)
