"""The training loop: epochs of InfoNCE, each followed by retrieval on a fixed validation pool and a checkpoint."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from modeling.ml.joint import checkpoint
from modeling.ml.joint.checks import check
from modeling.ml.joint.errors import CheckpointError, ItemsError, TrainingDivergedError
from modeling.ml.joint.items import Items, Numbers, Split
from modeling.ml.joint.project import project
from modeling.ml.joint.projections import JointModel
from modeling.ml.joint.reading import Batches
from modeling.ml.joint.settings import JointSettings
from modeling.ml.joint.state import TrainingState
from modeling.ml.joint.step import Step
from modeling.ml.precision import check_bfloat16, device
from modeling.ml.retrieval import cosine_ranks

MAIN_FIGURE = "top_10"


@dataclass(frozen=True)
class Point:
    """One point of the curves: after `epoch` (0: untrained) the mean loss and the figures on the validation pool."""

    epoch: int
    loss: float | None
    figures: dict[str, float]
    temperature: float
    seconds: float


@dataclass(frozen=True)
class Progress:
    """How far a run is: in epoch `epoch` of at most `epochs`, `items` of `of_items` done; `remaining_s` at most."""

    epoch: int
    epochs: int
    items: int
    of_items: int
    items_per_s: float
    remaining_s: float


@dataclass(frozen=True)
class Watch:
    """Who watches a run: told of every point and every batch, and asked before each batch whether to stop."""

    point: Callable[[Point], None] = lambda _: None
    progress: Callable[[Progress], None] = lambda _: None
    cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of a run: the best epoch's model, its card, and why it ended."""

    model: JointModel
    card: dict[str, Any]
    ended: Literal["all epochs", "no longer better", "cancelled"]


def train(
    items: Items, settings: JointSettings, folder: Path, *, resume: bool = False, watch: Watch | None = None
) -> Outcome:
    """Train a joint space into `folder`; with `resume` go on from the checkpoint that is there.

    Raises `JointError`: settings that cannot be, items that cannot be learned from, a folder that holds a run already
    (without `resume`) or one of other data or settings (with it), a loss that is no number.
    """
    settings.check()
    check(items)
    if settings.precision == "bfloat16":
        check_bfloat16()
    return _Run(items, settings, folder, watch or Watch()).go(resume=resume)


@dataclass(eq=False)
class _Run:
    items: Items
    settings: JointSettings
    folder: Path
    watch: Watch
    state: TrainingState = field(init=False)

    def __post_init__(self) -> None:
        self.batches = Batches(self.items, self.items.rows(Split.TRAIN), self.settings, device())
        self.pool = validation_pool(self.items, self.settings.pool)
        self.state = TrainingState.begin(self.items, self.settings, device())
        self.step = Step(self.state.model, self.state.optimizer, half=self.settings.precision == "bfloat16")

    def go(self, *, resume: bool) -> Outcome:
        if resume and checkpoint.exists(self.folder):
            card = checkpoint.read_card(self.folder)
            checkpoint.check_resumable(self.folder, card, self._card())
            self.state.restore(card, checkpoint.read_tensors(self.folder, card))
        elif checkpoint.exists(self.folder):
            raise CheckpointError(f"{self.folder} holds a run already.", "Resume it, or train into another folder.")
        else:
            self._finish_epoch(None, 0.0)
        return self._outcome(self._epochs())

    def _epochs(self) -> Literal["all epochs", "no longer better", "cancelled"]:
        while self.state.epoch < self.settings.epochs:
            if self.state.epoch - self.state.best_epoch >= self.settings.patience:
                return "no longer better"
            began = time.monotonic()
            loss = self._one_epoch(began)
            if loss is None:
                return "cancelled"
            self.state.epoch += 1
            self._finish_epoch(loss, time.monotonic() - began)
        return "all epochs"

    def _one_epoch(self, began: float) -> float | None:
        """Train one epoch; return its mean loss, None where it was cancelled."""
        number, losses = self.state.epoch + 1, []
        for done, batch in enumerate(self.batches.epoch(number), start=1):
            if self.watch.cancelled():
                return None
            losses.append(self.step(batch))
            if not math.isfinite(losses[-1]):
                raise TrainingDivergedError(
                    f"Epoch {number}, batch {done}: the loss is {losses[-1]}.", "Lower the learning rate."
                )
            self.watch.progress(self._progress(number, done, time.monotonic() - began))
        return float(np.mean(losses))

    def _progress(self, epoch: int, batches: int, seconds: float) -> Progress:
        done, whole = batches * self.batches.size, len(self.batches) * self.batches.size
        rate = done / max(seconds, 1e-9)
        remaining = (whole - done + (self.settings.epochs - epoch) * whole) / rate
        return Progress(epoch, self.settings.epochs, done, whole, rate, remaining)

    def _finish_epoch(self, loss: float | None, seconds: float) -> None:
        """Look at the validation pool, remember the best epoch, and write everything down."""
        vectors = project(self.state.model, self.items, self.pool, self.settings.context)
        figures = cosine_ranks(*vectors).figures()
        point = Point(self.state.epoch, loss, figures, 1 / self.state.model.scale.item(), seconds)
        self.state.remember(asdict(point), figures[MAIN_FIGURE])
        checkpoint.save(self.folder, self._card(), self.state.tensors())
        self.watch.point(point)

    def _card(self) -> dict[str, Any]:
        items = self.items
        splits = {split.name.lower(): len(items.rows(split)) for split in Split}
        return {
            "settings": self.settings.as_json(),
            "model": self.state.shape,
            "data": {"digest": items.digest, "sources": dict(items.sources), "splits": splits, "pool": len(self.pool)},
            "versions": checkpoint.versions(),
            **self.state.as_json(),
        }

    def _outcome(self, ended: Literal["all epochs", "no longer better", "cancelled"]) -> Outcome:
        model, card = checkpoint.load_model(self.folder)
        return Outcome(model, card, ended)


def validation_pool(items: Items, largest: int) -> Numbers:
    """Return the rows of the validation pool, ascending: all, or a fixed choice of `largest` of them."""
    rows = items.rows(Split.VALIDATION)
    if len(rows) < 2:
        raise ItemsError(f"There are {len(rows)} items to validate on.", "Put at least two into the validation split.")
    if len(rows) > largest:
        rows = np.sort(np.random.default_rng(0).choice(rows, largest, replace=False))
    return rows
