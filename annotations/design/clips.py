"""What planning knows of a stimulus, and what it says when a plan cannot be made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt


class DesignError(ValueError):
    """The trials asked for cannot be planned: `key` of the design, what is wrong and how to mend it."""

    def __init__(self, key: str, what: str, mend: str) -> None:
        self.key, self.what, self.mend = key, what, mend
        super().__init__(f"{key}: {what}. {mend}")


@dataclass(frozen=True, slots=True)
class Clip:
    """A stimulus by its id and what its columns say, as text; a column that is empty is left out."""

    key: str
    columns: Mapping[str, str] = field(hash=False)

    def value(self, column: str) -> str:
        """Return what a column says, or an empty text."""
        return self.columns.get(column, "")


@dataclass(frozen=True, slots=True)
class PlannedTrial:
    """A trial by its clips in slot order; `true_slot` is the clip really said after the context."""

    clips: tuple[str, ...]
    stratum: str = ""
    context: str | None = None
    true_slot: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)


class Draw:
    """Random orders that are the same everywhere: raw numbers of PCG64, whose stream numpy promises to keep."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def keys(self, size: int) -> npt.NDArray[np.uint64]:
        """Return `size` random numbers of 64 bits, to sort by."""
        return np.asarray(self._bits.random_raw(size), dtype=np.uint64)

    def order(self, size: int) -> list[int]:
        """Return 0…size − 1 in random order."""
        return [int(at) for at in np.argsort(self.keys(size), kind="stable")]


def sorted_clips(clips: Sequence[Clip]) -> list[Clip]:
    """Return the clips by id, so that a plan does not depend on the order of rows in a file."""
    return sorted(clips, key=lambda clip: clip.key)


def require_column(clips: Sequence[Clip], column: str, *, key: str) -> None:
    """Raise `DesignError` if no clip says anything in a column that the design names."""
    if any(clip.value(column) for clip in clips):
        return
    known = sorted({name for clip in clips for name, value in clip.columns.items() if value})
    mend = f"Name one of: {', '.join(known)}" if known else "Add the column to the stimuli"
    raise DesignError(key, f"no backchannel has anything in the column {column!r}", mend)
