"""Batches of cached embeddings: shuffled anew each epoch, gathered piece by piece into one buffer."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from modeling.ml.joint.errors import ItemsError
from modeling.ml.joint.items import Items, Numbers, told_apart
from modeling.ml.joint.settings import JointSettings

GATHERED_BYTES = 2**22
"""So much is read before it is converted: it is still in the processor's cache then."""


@dataclass(frozen=True, eq=False)
class Batch:
    """B items: `backchannels` (B, d_b), `contexts` (B, d_c), and `groups` (g, B) of what is not told apart, or None.

    The vectors lie in buffers that the next batch overwrites.
    """

    backchannels: Tensor
    contexts: Tensor
    groups: Tensor | None


class Batches:
    """The training items in batches. Order depends on seed and epoch alone, so that a resumed run reads the same."""

    def __init__(self, items: Items, rows: Numbers, settings: JointSettings, device: str) -> None:
        if len(rows) < 2:
            raise ItemsError(f"There are {len(rows)} items to train on.", "Put at least two into the training split.")
        self._items, self._rows, self._seed, self._device = items, rows, settings.seed, device
        self.size = min(settings.batch, len(rows))
        self._groups = _groups(items, settings.excluded)
        dtype = torch.bfloat16 if settings.precision == "bfloat16" else torch.float32
        self._parts = [np.asarray(part) for part in items.parts(settings.context)]
        self._contexts = torch.empty(self.size, items.width(settings.context), dtype=dtype)
        self._backchannels = torch.empty(self.size, items.backchannel.shape[1], dtype=dtype)

    def __len__(self) -> int:
        """How many whole batches an epoch has; what is left over is left out, other items each time."""
        return len(self._rows) // self.size

    def epoch(self, number: int) -> Iterator[Batch]:
        """Yield the batches of one epoch. Within a batch items are in file order, which the loss does not feel."""
        order = np.random.default_rng([self._seed, number]).permutation(self._rows)
        for start in range(0, len(self) * self.size, self.size):
            rows = np.sort(order[start : start + self.size])
            _gather(self._parts, rows, self._contexts)
            _gather([np.asarray(self._items.backchannel)], rows, self._backchannels)
            groups = None if self._groups is None else torch.from_numpy(self._groups[:, rows]).to(self._device)
            yield Batch(self._backchannels.to(self._device), self._contexts.to(self._device), groups)


def _groups(items: Items, excluded: str) -> Numbers | None:
    """Return the numbers that items must not share to be each other's negatives: (g, n), or None."""
    if excluded == "none":
        return None
    names = ("clip",) if excluded == "clip" else ("clip", "form")
    return np.stack([told_apart(items.numbers[name]) for name in names])


def _gather(parts: list[np.ndarray], rows: Numbers, into: Tensor) -> None:
    """Copy these rows of the parts side by side into a buffer (len(rows), width), converting to its type."""
    left = 0
    for part in parts:
        columns = slice(left, left + part.shape[1])
        size = max(1, GATHERED_BYTES // (part.itemsize * part.shape[1]))
        for start in range(0, len(rows), size):
            piece = torch.from_numpy(part.take(rows[start : start + size], axis=0))
            into[start : start + size, columns].copy_(piece)
        left = columns.stop
