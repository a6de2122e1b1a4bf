"""Judgements under many sets of weights at once: what statistics, bootstrap and jackknife all compute from."""

from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from analysis.stats.judgements import BoolArray, FloatArray, IntArray, Judgements

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class Incidence:
    """Judgements as sparse matrices that turn participants' weights into weighted counts."""

    def __init__(self, judgements: Judgements) -> None:
        self.judgements = judgements

    @cached_property
    def by_category(self) -> "csr_array":
        """(K · n_trials, n_participants): judgements of each trial and category by each participant."""
        j = self.judgements
        return self._matrix(j.choice * j.n_trials + j.trial, j.n_categories * j.n_trials)

    @cached_property
    def by_trial(self) -> "csr_array":
        """(n_trials, n_participants): judgements of each trial by each participant."""
        return self._matrix(self.judgements.trial, self.judgements.n_trials)

    def _matrix(self, rows: IntArray, n_rows: int) -> "csr_array":
        from scipy.sparse import csr_array  # slow to import; only computing needs it

        cells = (np.ones(len(rows)), (rows, self.judgements.participant))
        return csr_array(cells, shape=(n_rows, self.judgements.n_participants))


class Sample:
    """R weighted versions of the same judgements, the observed data being the one where all weights are 1.

    A judgement weighs (weight of its participant) × (weight of its trial). Arrays put the R versions last, so that
    every step runs along memory: `participant_weights` (n_participants, R), `trial_weights` (n_trials, R).

    Two copies of one participant are no two people: wherever judgements are paired, pairs of a participant with
    their own copy are left out, or resampling would invent agreement (`pairs`).
    """

    def __init__(
        self, incidence: Incidence, participant_weights: FloatArray, trial_weights: FloatArray
    ) -> None:
        self.incidence = incidence
        self.judgements = incidence.judgements
        self.participant_weights = participant_weights
        self.trial_weights = trial_weights

    @classmethod
    def observed(cls, judgements: Judgements) -> Self:
        """Return the data as they are: R = 1, all weights 1."""
        return cls(Incidence(judgements), np.ones((judgements.n_participants, 1)), np.ones((judgements.n_trials, 1)))

    @cached_property
    def counts(self) -> FloatArray:
        """Participants' weights behind each category of each trial: (K, n_trials, R)."""
        shape = (self.judgements.n_categories, self.judgements.n_trials, -1)
        product = self.incidence.by_category @ self.participant_weights
        return np.reshape(product, (*shape[:2], self.trial_weights.shape[1]))

    @cached_property
    def totals(self) -> FloatArray:
        """Participants' weights behind each trial: (n_trials, R)."""
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
        return self.totals**2 - self.incidence.by_trial @ self.participant_weights**2

    @cached_property
    def disagreeing_pairs(self) -> FloatArray:
        """Weight of the ordered pairs of unequal choices in each trial: (n_trials, R)."""
        return self.totals**2 - np.einsum("ktr,ktr->tr", self.counts, self.counts)

    @cached_property
    def majority(self) -> BoolArray:
        """Whether a category was chosen by strictly more than half: (K, n_trials, R)."""
        return 2 * self.counts > self.totals
