"""Judgements under many sets of weights at once: what statistics, bootstrap and jackknife all compute from."""

from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from analysis.stats.judgements import BoolArray, FloatArray, IntArray, Judgements

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class Incidence:
    """Sparse matrices that sum the weights of judgements into trials and categories."""

    def __init__(self, judgements: Judgements) -> None:
        self.judgements = judgements

    @cached_property
    def of_categories(self) -> "csr_array":
        """(K · n_trials, n): which trial and category each judgement belongs to."""
        j = self.judgements
        return self._matrix(j.choice * j.n_trials + j.trial, j.n_categories * j.n_trials)

    @cached_property
    def of_trials(self) -> "csr_array":
        """(n_trials, n): which trial each judgement belongs to."""
        return self._matrix(self.judgements.trial, self.judgements.n_trials)

    def _matrix(self, rows: IntArray, n_rows: int) -> "csr_array":
        from scipy.sparse import csr_array  # slow to import; only computing needs it

        n = len(rows)
        return csr_array((np.ones(n), (rows, np.arange(n))), shape=(n_rows, n))


class Sample:
    """R weighted versions of the same judgements, the observed data being the one where all weights are 1.

    A judgement counts `weights` × (weight of its trial). Arrays put the R versions last, so that every step runs along
    memory: `weights` (n, R), for a bootstrap the copies of its participant, and `trial_weights` (n_trials, R).

    Two copies of one participant are no two people: wherever judgements are paired, pairs of a judgement with its own
    copy are left out (`pairs`), or resampling would invent agreement.
    """

    def __init__(self, incidence: Incidence, weights: FloatArray, trial_weights: FloatArray) -> None:
        self.incidence = incidence
        self.judgements = incidence.judgements
        self.weights = weights
        self.trial_weights = trial_weights

    @classmethod
    def observed(cls, judgements: Judgements) -> Self:
        """Return the data as they are: R = 1, all weights 1."""
        return cls(Incidence(judgements), np.ones((len(judgements), 1)), np.ones((judgements.n_trials, 1)))

    @cached_property
    def counts(self) -> FloatArray:
        """Weight behind each category of each trial: (K, n_trials, R)."""
        shape = (self.judgements.n_categories, self.judgements.n_trials, self.weights.shape[1])
        return np.reshape(self.incidence.of_categories @ self.weights, shape)

    @cached_property
    def totals(self) -> FloatArray:
        """Weight of the judgements of each trial: (n_trials, R)."""
        return np.asarray(self.counts.sum(axis=0))

    @cached_property
    def weighted(self) -> FloatArray:
        """Counts times the trials' weights: (K, n_trials, R)."""
        return self.counts * self.trial_weights

    @cached_property
    def weighted_totals(self) -> FloatArray:
        """Totals times the trials' weights: (n_trials, R)."""
        return self.totals * self.trial_weights

    @cached_property
    def pairs(self) -> FloatArray:
        """Weight of the ordered pairs of different judgements in each trial: (n_trials, R); n(n − 1) if all are 1."""
        return np.asarray(self.totals**2 - self.incidence.of_trials @ self.weights**2)

    @cached_property
    def disagreeing_pairs(self) -> FloatArray:
        """Weight of the ordered pairs of unequal choices in each trial: (n_trials, R)."""
        return np.asarray(self.totals**2 - np.einsum("ktr,ktr->tr", self.counts, self.counts))

    @cached_property
    def majority(self) -> BoolArray:
        """Whether a category was chosen by strictly more than half: (K, n_trials, R)."""
        return np.asarray(2 * self.counts > self.totals)
