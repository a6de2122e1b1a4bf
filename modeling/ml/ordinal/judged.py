"""Judgements of triads as arrays, and the comparisons of distances that they state."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
PAIRS = ((1, 2), (0, 2), (0, 1))
"""The pair that is left when slot k is odd."""


@dataclass(frozen=True, eq=False)
class Judged:
    """m different judgements of clips 0 … n − 1: `items` (m, 3) in slot order, `odd` (m,), and `count` (m,) of each.

    `anchored`: the question was whether slot 1 or slot 2 is more like slot 0, so that slot 0 is never the odd one.
    Raises `ValueError` for arrays that do not fit.
    """

    items: Numbers
    odd: Numbers
    count: Numbers
    anchored: bool = False

    def __post_init__(self) -> None:
        if self.items.ndim != 2 or self.items.shape[1] != 3 or len(self.items) != len(self.odd):
            raise ValueError(f"items {self.items.shape}, {len(self.odd)} odd slots: give three clips for each")
        if len(self.count) != len(self.odd) or (self.count < 1).any():
            raise ValueError("count: give how often each was judged so, at least once")
        lowest = 1 if self.anchored else 0
        if len(self.odd) and not (lowest <= self.odd.min() <= self.odd.max() <= 2):
            raise ValueError(f"odd slots are {lowest} to 2")
        if len(self.items) and (np.sort(self.items, axis=1)[:, 1:] == np.sort(self.items, axis=1)[:, :-1]).any():
            raise ValueError("a triad has three different clips")

    @classmethod
    def of(cls, items: npt.ArrayLike, odd: npt.ArrayLike, *, anchored: bool = False) -> "Judged":
        """Return single judgements, (m, 3) and (m,), counted where they are the same."""
        rows = np.column_stack([np.asarray(items, dtype=np.int64), np.asarray(odd, dtype=np.int64)])
        different, count = np.unique(rows, axis=0, return_counts=True)
        return cls(different[:, :3], different[:, 3], count.astype(np.int64), anchored)

    def __len__(self) -> int:
        return len(self.odd)

    @property
    def n_clips(self) -> int:
        """One more than the highest clip number."""
        return int(self.items.max()) + 1 if len(self.items) else 0

    def where(self, kept: npt.NDArray[np.bool_] | Numbers) -> "Judged":
        """Return some of the judgements: a mask (m,) or their numbers."""
        return Judged(self.items[kept], self.odd[kept], self.count[kept], self.anchored)

    def triad_keys(self) -> Numbers:
        """Return a number (m,) for each judgement that is the same for all about the same three clips."""
        return np.asarray(np.unique(np.sort(self.items, axis=1), axis=0, return_inverse=True)[1]).reshape(-1)

    def comparisons(self) -> tuple[Numbers, Floats]:
        """Return triplets (t, 3) of clips i, j, k with "i is nearer to j than to k", and their weights (t,).

        An answer to an anchored question states one; an odd one out k states two, that i and j are each nearer to the
        other than to k.
        """
        row = np.arange(len(self))
        odd = self.items[row, self.odd]
        first, second = (self.items[row, np.array(PAIRS)[self.odd, which]] for which in (0, 1))
        one = np.column_stack([first, second, odd])
        if self.anchored:
            return one, self.count.astype(np.float64)
        both = np.concatenate([one, np.column_stack([second, first, odd])])
        return both, np.tile(self.count, 2).astype(np.float64)

    def credit(self, positions: Floats) -> Floats:
        """Return the credit (m,) of positions (n, d): 1 where the nearest pair is the judged one; ties share."""
        clips = positions[self.items]
        distances = np.stack([np.linalg.norm(clips[:, a] - clips[:, b], axis=1) for a, b in PAIRS], axis=1)
        return self.credit_of(-distances)

    def credit_of(self, similarities: Floats) -> Floats:
        """Return the credit (m,) of similarities (m, 3), in column k those of the pair that leaves slot k odd."""
        offered = similarities.copy()
        if self.anchored:
            offered[:, 0] = -np.inf
        best = offered == offered.max(axis=1, keepdims=True)
        credit: Floats = best[np.arange(len(self)), self.odd] / best.sum(axis=1)
        return credit

    def accuracy(self, positions: Floats) -> float:
        """Return the mean credit over judgements."""
        return float(np.average(self.credit(positions), weights=self.count))
