"""(Context, backchannel) items whose embeddings were computed before: arrays, in memory or mapped from files."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from modeling.ml.joint.errors import ItemsError

Vectors = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
UNKNOWN = -1
"""A form or speaker that is not known: it equals no other."""
HASHED_ROWS = 4096


class Split(IntEnum):
    """Where an item belongs. One that is left out (it has no sound, say) keeps its row, and nothing reads it."""

    TRAIN = 0
    VALIDATION = 1
    TEST = 2
    LEFT_OUT = 3


@dataclass(frozen=True, eq=False)
class Items:
    """n items. `backchannel` (n, d_b); `context`: named parts, (n, d) each, of which a run concatenates some.

    Numbers (n,): `clip` of the backchannel, word `form`, `speaker` (both −1: unknown), `dialogue` and `split`.
    `sources`: for "backchannel" and each part the digest of the embedding run that it comes from.
    """

    backchannel: Vectors
    context: Mapping[str, Vectors]
    clip: Numbers
    form: Numbers
    dialogue: Numbers
    speaker: Numbers
    split: Numbers
    sources: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.backchannel)

    @property
    def vectors(self) -> dict[str, Vectors]:
        """All embeddings by name: "backchannel" and "context NAME"."""
        return {"backchannel": self.backchannel} | {f"context {name}": part for name, part in self.context.items()}

    @property
    def numbers(self) -> dict[str, Numbers]:
        """All numbers by name."""
        return {name: getattr(self, name) for name in ("clip", "form", "dialogue", "speaker", "split")}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over names, types, shapes and contents of all arrays; reads each once, in pieces."""
        whole = hashlib.sha256()
        for name, array in (self.vectors | self.numbers).items():
            whole.update(f"{name} {array.dtype} {array.shape}\n".encode())
            for start in range(0, len(array), HASHED_ROWS):
                whole.update(np.ascontiguousarray(array[start : start + HASHED_ROWS]).tobytes())
        return whole.hexdigest()

    def rows(self, split: Split) -> Numbers:
        """Return the item numbers of one split, ascending."""
        return np.flatnonzero(self.split == split)

    def parts(self, names: Sequence[str]) -> list[Vectors]:
        """Return these parts of the contexts. Raises `ItemsError` naming one that there is not."""
        for name in names:
            if name not in self.context:
                there = ", ".join(self.context) or "none"
                raise ItemsError(f"The items have no context part {name!r}.", f"Choose among: {there}.")
        return [self.context[name] for name in names]

    def width(self, names: Sequence[str]) -> int:
        """Return the length of these parts side by side."""
        return sum(part.shape[1] for part in self.parts(names))

    def pieces(self, rows: Numbers, names: Sequence[str], size: int = 1024) -> Iterator[tuple[Vectors, Vectors]]:
        """Yield backchannels and contexts, (≤ size, width) each, of these rows in their order."""
        parts = self.parts(names)
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            yield self.backchannel[some], np.concatenate([part[some] for part in parts], axis=1)


def told_apart(numbers: Numbers) -> Numbers:
    """Return the numbers with each unknown one replaced by a number that nothing else has: (n,) → (n,)."""
    return np.where(numbers < 0, UNKNOWN - np.arange(len(numbers)), numbers)
