"""Intervals of retrieval figures (METHODS, Retrieval): dialogues are the sample, and are resampled as wholes.

Contexts of one dialogue are alike, so a resample draws dialogues with replacement, each with all its contexts
(Davison & Hinkley 1997, "Bootstrap methods and their application", section 3.8). The pool of candidates stays as it was
declared. Models that ranked the same contexts are compared on the same resamples.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats import intervals
from analysis.stats.figure import Figure
from analysis.stats.judgements import FloatArray, IntArray
from analysis.stats.resampling import copies
from analysis.stats.statistic import NEARLY_ZERO, ratio

MEDIAN = "median_rank"
CHUNK_BYTES = 2**26


@dataclass(frozen=True, eq=False)
class Retrieved:
    """What one model did with n contexts.

    `means`: by name what each context contributes to a mean, (n,) each; `rank` (n,) in a pool of `pool`. `how` tells
    more about the pool, for the method of the figures.
    """

    means: Mapping[str, FloatArray]
    rank: FloatArray
    pool: int
    how: str = ""


class DialogueBootstrap:
    """The figures of several models on the same contexts, on the same resamples of their dialogues.

    `dialogue` (n,): any labels. Raises `ValueError` for a model with another number of contexts.
    """

    def __init__(
        self, dialogue: ArrayLike, models: Mapping[str, Retrieved], *, n_resamples: int = 2000, seed: int = 0
    ) -> None:
        self._names, self._of = np.unique(np.asarray(dialogue), return_inverse=True)
        self.models, self.n_resamples, self.seed = dict(models), n_resamples, seed
        for name, model in self.models.items():
            for values in (model.rank, *model.means.values()):
                if len(values) != len(self._of):
                    raise ValueError(f"{name} has {len(values)} contexts, and {len(self._of)} have a dialogue")

    def figure(self, model: str, name: str, *, level: float = 0.95) -> Figure:
        """Return a mean by its name, or "median_rank" (over the pool's size), with its percentile interval."""
        return self._reported(self._point(model, name), self._draws(model, name), level)

    def difference(self, one: str, other: str, name: str, *, level: float = 0.95) -> Figure:
        """Return `one` − `other` with the interval of the paired difference."""
        a, b = self._point(one, name), self._point(other, name)
        if a.estimate is None or b.estimate is None:
            return a.because(a.reason or b.reason)
        point = Figure(a.estimate - b.estimate, None, None, a.n_trials, a.n_judgements, f"difference: {a.method}")
        return self._reported(point, self._draws(one, name) - self._draws(other, name), level)

    def figures(self, model: str, *, level: float = 0.95) -> dict[str, Figure]:
        """Return every figure of a model."""
        return {name: self.figure(model, name, level=level) for name in (*self.models[model].means, MEDIAN)}

    def _point(self, model: str, name: str) -> Figure:
        retrieved = self.models[model]
        n = len(retrieved.rank)
        method = f"{name}, pool of {retrieved.pool}{retrieved.how and f' ({retrieved.how})'}"
        if not n:
            return Figure.undefined("no contexts", method=method)
        median = name == MEDIAN
        value = np.median(retrieved.rank) / retrieved.pool if median else np.mean(retrieved.means[name])
        return Figure(float(value), None, None, n, n, method)

    def _draws(self, model: str, name: str) -> FloatArray:
        """Return the resampled values: (n_resamples,)."""
        retrieved = self.models[model]
        if not len(retrieved.rank):
            return np.zeros(0)
        if name == MEDIAN:
            return _medians(retrieved.rank, self._of, self._copies) / retrieved.pool
        sums = np.bincount(self._of, retrieved.means[name], len(self._names))
        return ratio(sums @ self._copies, np.bincount(self._of, minlength=len(self._names)) @ self._copies)

    @cached_property
    def _copies(self) -> FloatArray:
        """How often each dialogue is in each resample: (dialogues, n_resamples)."""
        return copies(np.random.default_rng(self.seed), len(self._names), self.n_resamples)

    def _reported(self, point: Figure, draws: FloatArray, level: float) -> Figure:
        if point.estimate is None:
            return point
        if len(self._names) < 2:
            return point.without_interval("no interval: only one dialogue")
        if np.ptp(draws) <= NEARLY_ZERO:
            return point.without_interval("no interval: all resamples give the same value")
        low, high = intervals.percentile(draws, level)
        way = f"bootstrap over {len(self._names)} dialogues, B = {self.n_resamples}, seed {self.seed}"
        return point.with_interval(low, high, method=f"{level:.0%} percentile interval, {way}")


def _medians(ranks: FloatArray, dialogue: IntArray, drawn: FloatArray) -> FloatArray:
    """Return the median of each resample's ranks: ranks and dialogue (n,), drawn (dialogues, R) → (R,).

    Ranks are sorted once; a resample's median lies where its copies, summed in that order, reach the middle.
    """
    order = np.argsort(ranks, kind="stable")
    ordered, owner = ranks[order], dialogue[order]
    at_once = max(1, CHUNK_BYTES // (8 * len(ranks)))
    medians = []
    for start in range(0, drawn.shape[1], at_once):
        reached = np.cumsum(drawn[owner, start : start + at_once], axis=0)
        whole = reached[-1]
        lower = (reached < np.ceil(whole / 2)).sum(axis=0)  # of an even number of ranks the median is the mean of two
        upper = (reached < np.floor(whole / 2) + 1).sum(axis=0)
        medians.append((ordered[lower] + ordered[upper]) / 2)
    return np.concatenate(medians)
