"""Judgements under many sets of weights at once: what statistics, bootstrap and jackknife all compute from."""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TYPE_CHECKING, Self, TypeVar, cast

import numpy as np

from analysis.stats.judgements import BoolArray, FloatArray, IntArray, Judgements

if TYPE_CHECKING:
    from scipy.sparse import csr_array

UNANIMOUS_JUDGEMENTS = 3
Shared = TypeVar("Shared")


class Incidence:
    """Sparse matrices that sum the weights of judgements into trials and categories."""

    def __init__(self, judgements: Judgements) -> None:
        self.judgements = judgements
        self._only: dict[bytes, Incidence] = {}

    def only(self, people: BoolArray) -> "Incidence":
        """Return the matrices of the judgements of some people, of a (n_participants,) mask; made once for each."""
        if people.tobytes() not in self._only:
            kept = self.judgements.where(people[self.judgements.participant])
            self._only[people.tobytes()] = Incidence(kept)
        return self._only[people.tobytes()]

    @cached_property
    def of_categories(self) -> "csr_array":
        """(K · n_trials, n): which trial and category each judgement belongs to."""
        j = self.judgements
        return self._matrix(j.choice * j.n_trials + j.trial, j.n_categories * j.n_trials)

    @cached_property
    def of_trials(self) -> "csr_array":
        """(n_trials, n): which trial each judgement belongs to."""
        return self._matrix(self.judgements.trial, self.judgements.n_trials)

    @cached_property
    def people_in_categories(self) -> "csr_array":
        """(K · n_trials, n_participants): how often a person chose a category of a trial."""
        return self.of_categories @ self._people

    @cached_property
    def people_in_trials(self) -> "csr_array":
        """(n_trials, n_participants): how often a person judged a trial."""
        return self.of_trials @ self._people

    @property
    def _people(self) -> "csr_array":
        """(n, n_participants): whose each judgement is."""
        return self._matrix(self.judgements.participant, self.judgements.n_participants).T.tocsr()

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
        self.trial_weights = trial_weights
        self._weights = weights
        self._of_people: FloatArray | None = None
        self._shared: dict[Hashable, object] = {}

    @classmethod
    def of_people(cls, incidence: Incidence, weights: FloatArray, trial_weights: FloatArray) -> Self:
        """Return a sample in which a judgement has the weight of its participant: `weights` (n_participants, R).

        Counts then come from people at once: what single judgements weigh is gathered only for who asks.
        """
        sample = cls(incidence, weights, trial_weights)
        sample._of_people = weights
        return sample

    @classmethod
    def observed(cls, judgements: Judgements) -> Self:
        """Return the data as they are: R = 1, all weights 1."""
        return cls(Incidence(judgements), np.ones((len(judgements), 1)), np.ones((judgements.n_trials, 1)))

    def only(self, people: BoolArray) -> "Sample":
        """Return the same versions of the judgements of some people alone, of a (n_participants,) mask."""
        incidence = self.incidence.only(people)
        if self._of_people is not None:
            return Sample.of_people(incidence, self._of_people, self.trial_weights)
        return Sample(incidence, self._weights[people[self.judgements.participant]], self.trial_weights)

    def shared(self, name: Hashable, make: Callable[[], Shared]) -> Shared:
        """Return what several statistics need from this sample, made by the first that asks under the name."""
        if name not in self._shared:
            self._shared[name] = make()
        return cast(Shared, self._shared[name])

    @cached_property
    def weights(self) -> FloatArray:
        """Weight of each judgement, without that of its trial: (n, R)."""
        return self._weights if self._of_people is None else self._of_people[self.judgements.participant]

    @cached_property
    def counts(self) -> FloatArray:
        """Weight behind each category of each trial: (K, n_trials, R)."""
        if self._of_people is None:
            summed = self.incidence.of_categories @ self.weights
        else:
            summed = self.incidence.people_in_categories @ self._of_people
        return np.reshape(summed, (self.judgements.n_categories, *self.trial_weights.shape))

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
        return np.asarray(self.totals**2 - self._with_oneself)

    @cached_property
    def _with_oneself(self) -> FloatArray:
        """Weight of the pairs of each judgement with itself, its copies included: (n_trials, R)."""
        if self._of_people is None:
            return np.asarray(self.incidence.of_trials @ self.weights**2)
        return np.asarray(self.incidence.people_in_trials @ self._of_people**2)

    @cached_property
    def disagreeing_pairs(self) -> FloatArray:
        """Weight of the ordered pairs of unequal choices in each trial: (n_trials, R)."""
        return np.asarray(self.totals**2 - np.einsum("ktr,ktr->tr", self.counts, self.counts))

    @cached_property
    def majority(self) -> BoolArray:
        """Whether a category was chosen by strictly more than half: (K, n_trials, R)."""
        return np.asarray(2 * self.counts > self.totals)

    @cached_property
    def weighted_majority(self) -> FloatArray:
        """Weight of each trial in the category of its strict majority: (K, n_trials, R)."""
        return np.asarray(self.majority * self.trial_weights)

    @cached_property
    def weighted_unanimity(self) -> FloatArray:
        """Weight of each trial in the category that all of its at least three judgements chose: (K, n_trials, R)."""
        agreed = (self.counts == self.totals) & (self.totals >= UNANIMOUS_JUDGEMENTS)
        return np.asarray(agreed * self.trial_weights)
