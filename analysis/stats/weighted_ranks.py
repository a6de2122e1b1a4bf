"""Rank correlations under many sets of weights at once, as if each element stood there as often as its weight says.

With u_i = Σ_j w_j sign(x_i − x_j), which is twice an element's centred mid-rank, and v_i the same of y,
rho = Σ w u v ÷ √(Σ w u² Σ w v²) and tau-b = Σ w_i w_j sign(x_i − x_j) sign(y_i − y_j) ÷ √(pairs untied in x ·
pairs untied in y) (Kendall 1970, "Rank correlation methods", chapters 2 and 3). Whole weights make every sum exact.

Arrays are (R, T): R sets of weights, and T elements along memory. x differs between the R, y does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from analysis.stats.judgements import FloatArray, IntArray
from analysis.stats.statistic import ratio

Single = npt.NDArray[np.float32]  # holds whole numbers below 2²⁴ exactly, and is compared twice as fast
LARGEST_BLOCK = 64  # elements that are compared each with each; more cost comparisons, fewer cost sums over all


@dataclass(frozen=True, eq=False)
class Ordered:
    """Values (R, T) in ascending order, the order found once for all weights. Values must not be NaN."""

    values: FloatArray

    @cached_property
    def order(self) -> IntArray:
        """Which element stands at each place: (R, T)."""
        return np.argsort(self.values, axis=1)

    @cached_property
    def starts(self) -> IntArray:
        """The place at which the ties of each place begin: (R, T)."""
        return np.maximum.accumulate(np.where(self._begins, np.arange(self._begins.shape[1]), 0), axis=1)

    @cached_property
    def ends(self) -> IntArray:
        """The place after the ties of each place: (R, T)."""
        n = self._begins.shape[1]
        closes = np.ones_like(self._begins)
        closes[:, :-1] = self._begins[:, 1:]
        after = np.where(closes, np.arange(1, n + 1), n)[:, ::-1]
        return np.minimum.accumulate(after, axis=1)[:, ::-1]

    @cached_property
    def rank(self) -> Single:
        """The number of smaller distinct values of each element: (R, T), whole."""
        rank: Single = np.empty(self.values.shape, dtype=np.float32)
        np.put_along_axis(rank, self.order, (self._begins.cumsum(axis=1) - 1).astype(np.float32), axis=1)
        return rank

    @cached_property
    def _begins(self) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        ordered = np.take_along_axis(self.values, self.order, axis=1)
        begins = np.ones(ordered.shape, dtype=bool)
        begins[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
        return begins

    def below_and_up_to(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return for each element the weight of smaller elements, and of smaller and equal ones: (R, T) each."""
        order = np.broadcast_to(self.order, weights.shape)
        summed = np.zeros((len(weights), weights.shape[1] + 1))
        np.take_along_axis(weights, order, axis=1).cumsum(axis=1, out=summed[:, 1:])
        found = np.empty((2, *weights.shape))
        for into, places in zip(found, (self.starts, self.ends), strict=True):
            there = np.take_along_axis(summed, np.broadcast_to(places, weights.shape), axis=1)
            np.put_along_axis(into, order, there, axis=1)
        return found[0], found[1]


def spearman(x: Ordered, y: Ordered, weights: FloatArray) -> FloatArray:
    """Return rho of x (R, T) and y (1, T) under weights (R, T): (R,), NaN where one side is constant."""
    total = weights.sum(axis=1, keepdims=True)
    u, v = (sum(side.below_and_up_to(weights)) - total for side in (x, y))
    weighted = weights * u
    squares = (weighted * u).sum(axis=1) * (weights * v * v).sum(axis=1)
    return ratio((weighted * v).sum(axis=1), np.sqrt(squares))


def kendall(x: Ordered, y: Ordered, weights: FloatArray) -> FloatArray:
    """Return tau-b of x (R, T) and y (1, T) under weights (R, T): (R,), NaN where one side is constant."""
    untied = [_untied(side, weights) for side in (x, y)]
    return ratio(2 * _concordance(x, y, weights), np.sqrt(untied[0] * untied[1]))


def _untied(side: Ordered, weights: FloatArray) -> FloatArray:
    """Return the weight of the ordered pairs that differ: (R,)."""
    below, up_to = side.below_and_up_to(weights)
    return np.asarray((weights * (weights.sum(axis=1, keepdims=True) - (up_to - below))).sum(axis=1))


def _concordance(x: Ordered, y: Ordered, weights: FloatArray) -> FloatArray:
    """Return the weight of concordant less that of discordant pairs: (R,).

    Elements come in blocks of rising y. Within a block each is compared with each; with all blocks before it by sums
    over the places of x: the weight below less the weight above.
    """
    summed = np.zeros((len(weights), weights.shape[1] + 1))
    places = np.broadcast_to(np.arange(weights.shape[1]), weights.shape)
    place = np.empty_like(places)
    np.put_along_axis(place, x.order, places, axis=1)
    before, total = np.zeros_like(weights), np.zeros(len(weights))
    found = np.zeros(len(weights))
    for block, rises in _blocks(y):
        own, at = weights[:, block], place[:, block]
        if total.any():
            before.cumsum(axis=1, out=summed[:, 1:])
            ends = [np.take_along_axis(side, at, axis=1) for side in (x.starts, x.ends)]
            below, up_to = (np.take_along_axis(summed, end, axis=1) for end in ends)
            found += (own * (below + up_to - total[:, None])).sum(axis=1)
        np.put_along_axis(before, at, own, axis=1)
        total += own.sum(axis=1)
        if rises is not None:
            found += _within(x.rank[:, block], own, rises)
    return found


def _within(rank: Single, own: FloatArray, rises: Single) -> FloatArray:
    """Return the same among the (R, b) elements of one block; `rises` (b, b) is 1 where y of the second is larger."""
    signs = rank[:, None, :] - rank[:, :, None]
    np.clip(signs, -1, 1, out=signs)  # ranks are whole
    signs *= rises
    return np.asarray((own * (signs @ own.astype(np.float32)[:, :, None])[:, :, 0]).sum(axis=1))


def _blocks(y: Ordered) -> Iterator[tuple[IntArray, Single | None]]:
    """Yield the elements of each block and which pairs rise; ties share a block, None where it is all ties."""
    order, starts, ends = y.order[0], y.starts[0], y.ends[0]
    begin = 0
    while begin < len(order):
        within = starts[begin : begin + LARGEST_BLOCK + 1]
        end = len(order) if begin + LARGEST_BLOCK >= len(order) else int(within[-1])
        end = end if end > begin else int(ends[begin])  # more ties than a block holds
        rank = y.rank[0, order[begin:end]]
        yield order[begin:end], (rank > rank[:, None]).astype(np.float32) if rank[-1] > rank[0] else None
        begin = end
