"""How well guessing does: the exact distribution of what independent guesses earn."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.judgements import FloatArray

ROUNDING = 1e-9


def chance_of_at_least(earned: float, *, size: ArrayLike, probability: ArrayLike) -> float:
    """Return how likely guesses earn `earned` or more: the one-sided p of "no better than guessing".

    Guess i earns `size[i]` with probability `probability[i]`, else nothing; both (n,), at most a few different pairs.
    With all sizes 1 and one probability this is the binomial test.

    >>> round(chance_of_at_least(2, size=[1, 1], probability=[1 / 3, 1 / 3]), 4)
    0.1111
    """
    pairs = np.column_stack([np.asarray(size, dtype=np.float64), np.asarray(probability, dtype=np.float64)])
    kinds, counts = np.unique(pairs, axis=0, return_counts=True)
    sums, chances = np.zeros(1), np.ones(1)
    for (one, p), n in zip(kinds, counts, strict=True):
        sums, chances = _added(sums, chances, one * np.arange(n + 1), _binomial(int(n), float(p)))
    return float(min(1.0, chances[sums >= earned - ROUNDING].sum()))


def _binomial(n: int, p: float) -> FloatArray:
    """Return the probabilities of 0 … n successes; scipy.stats has them too, but takes seconds to import."""
    from scipy.special import gammaln, xlog1py, xlogy

    k = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.asarray(np.exp(ways + xlogy(k, p) + xlog1py(n - k, -p)), dtype=np.float64)


def _added(sums: FloatArray, chances: FloatArray, more: FloatArray, their: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the distribution of the sum of two independent amounts; equal sums are put together."""
    every = (sums[:, None] + more).ravel()
    places, at = np.unique(np.round(every, 9), return_inverse=True)
    return places, np.bincount(at, (chances[:, None] * their).ravel()).astype(np.float64)
