"""What a perfect model could reach: leave-one-out consistency, the oracle, and a model's place below the ceiling."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.accuracy import JudgementAccuracy
from analysis.stats.judgements import BoolArray, FloatArray, IntArray, Judgements
from analysis.stats.sample import Sample
from analysis.stats.statistic import Statistic, ratio

CHANCE_OF_A_TRIAD = 1 / 3


class LeaveOneOut(Statistic):
    """Leave-one-out consistency: each judgement against the mode of its trial's other judgements; ties share.

    The lower bound of what a perfect model of the group reaches (Nili et al. 2014, "A toolbox for representational
    similarity analysis", call its kind the lower bound of the noise ceiling). Trials with fewer than `at_least`
    judgements are left out.
    """

    method = "each judgement against the mode of the trial's other judgements, ties share"
    recentred = True
    bounds = (0.0, 1.0)

    def __init__(self, at_least: int = 2, only: BoolArray | None = None) -> None:
        """Take trials with `at_least` judgements, of these `only` the ones in a (n_trials,) mask."""
        if at_least < 2:
            raise ValueError("leave-one-out needs at least two judgements a trial")
        self.at_least = at_least
        self.only = only

    def counted(self, judgements: Judgements) -> BoolArray:
        """Judgements of trials with at least `at_least` judgements."""
        eligible = judgements.per_trial >= self.at_least
        return (eligible if self.only is None else eligible & self.only)[judgements.trial]

    def reason(self, judgements: Judgements) -> str:
        """Too few judgements everywhere."""
        return f"no trial has {self.at_least} or more judgements"

    def values(self, sample: Sample) -> FloatArray:
        """Mean credit of judgements by the others' mode; every judgement with its weight."""
        judgements = sample.judgements
        eligible = np.zeros((judgements.n_trials, 1))
        eligible[judgements.trial[self.counted(judgements)]] = 1
        trial_weights = sample.trial_weights * eligible * (sample.pairs > 0)  # no pairs: nobody else is left
        earned = np.zeros(trial_weights.shape[1])
        for category in range(judgements.n_categories):
            chosen = np.flatnonzero(judgements.choice == category)
            credit = _credit_by_others(sample, category, chosen)
            credit *= trial_weights[judgements.trial[chosen]]
            earned += np.einsum("nr,nr->r", credit, sample.weights[chosen])
        return ratio(earned, (sample.totals * trial_weights).sum(axis=0))


def _credit_by_others(sample: Sample, category: int, chosen: IntArray) -> FloatArray:
    """Return what judgements that chose `category` earn from the others of their trial: (n_chosen, R)."""
    trial, own = sample.judgements.trial[chosen], sample.weights[chosen]
    rivals = np.delete(sample.counts, category, axis=0)
    best_rival = rivals.max(axis=0)
    share = 1 / (1 + (rivals == best_rival).sum(axis=0))
    lead = (sample.counts[category] - best_rival)[trial]
    return np.asarray((lead > own) + (lead == own) * share[trial])


class Oracle(Statistic):
    """Mean of each trial's largest count ÷ all judgements: no model can exceed it at judgement level."""

    method = "largest counts of the trials ÷ all judgements"
    recentred = True
    bounds = (0.0, 1.0)

    def values(self, sample: Sample) -> FloatArray:
        """Sum of weighted largest counts ÷ sum of weighted judgements."""
        return ratio(sample.weighted.max(axis=0).sum(axis=0), sample.weighted_totals.sum(axis=0))


class ModelRelative(Statistic):
    """How far a model goes from chance to the leave-one-out ceiling: (accuracy − chance) ÷ (ceiling − chance).

    0 is chance, 1 the lower bound of the ceiling (a model may pass it). Accuracy and ceiling both come from the
    judgements of covered trials with at least two judgements, so that they are about the same answers.
    """

    method = "(accuracy − chance) ÷ (leave-one-out consistency − chance)"
    recentred = True

    def __init__(self, credit: ArrayLike, chance: float = CHANCE_OF_A_TRIAD) -> None:
        self.chance = chance
        self._accuracy = JudgementAccuracy(credit)
        self._ceiling = LeaveOneOut(only=self._accuracy.covered)

    def counted(self, judgements: Judgements) -> BoolArray:
        """Judgements of covered trials with at least two judgements."""
        self._accuracy.counted(judgements)  # checks the shapes
        return self._ceiling.counted(judgements)

    def reason(self, judgements: Judgements) -> str:
        """Nothing covered, too few judgements, or no ceiling above chance."""
        if not self._accuracy.counted(judgements).any():
            return self._accuracy.reason(judgements)
        if not self.counted(judgements).any():
            return self._ceiling.reason(judgements)
        return "people agree with each other no better than chance"

    def values(self, sample: Sample) -> FloatArray:
        """Relative accuracy; undefined where the ceiling is not above chance."""
        paired = (sample.judgements.per_trial >= self._ceiling.at_least)[:, None]
        accuracy = JudgementAccuracy(np.where(paired, self._accuracy.credit, np.nan)).values(sample) - self.chance
        ceiling = self._ceiling.values(sample) - self.chance
        return ratio(accuracy, np.where(ceiling > 0, ceiling, 0.0))
