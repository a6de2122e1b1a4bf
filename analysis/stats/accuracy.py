"""How often a model chooses as people do: over judgements, majorities and unanimous triads.

All take the model's credit, (n_trials, K) from `triads.credit`, NaN where the model does not cover the trial.
"""

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.figure import NO_JUDGEMENTS
from analysis.stats.judgements import BoolArray, FloatArray, Judgements
from analysis.stats.sample import UNANIMOUS_JUDGEMENTS, Sample
from analysis.stats.statistic import Statistic, ratio
from analysis.stats.triads import covered, validated

NOT_COVERED = "the model covers none of the judged trials"


class Accuracy(Statistic):
    """Credit of a model, averaged over trials with weights that the levels below choose."""

    bounds = (0.0, 1.0)

    def __init__(self, credit: ArrayLike) -> None:
        self.credit = validated(credit)
        self.covered = covered(self.credit)
        self._flat = np.nan_to_num(self.credit).T.reshape(-1)
        self._covered_flat = np.tile(self.covered.astype(np.float64), self.credit.shape[1])

    def mean_credit(self, weights: FloatArray) -> FloatArray:
        """Return the mean credit over (K, n_trials, R) weights of choices: (R,)."""
        flat = weights.reshape(len(self._flat), -1)
        return ratio(self._flat @ flat, self._covered_flat @ flat)

    def counted(self, judgements: Judgements) -> BoolArray:
        """Judgements of trials that the model covers."""
        if len(self.credit) != judgements.n_trials or self.credit.shape[1] != judgements.n_categories:
            expected = (judgements.n_trials, judgements.n_categories)
            raise ValueError(f"credit must be of shape {expected} like the judgements, not {self.credit.shape}")
        return self.covered[judgements.trial]

    def reason(self, judgements: Judgements) -> str:
        """No judgements, or none that the model covers."""
        return NOT_COVERED if len(judgements) else NO_JUDGEMENTS


class JudgementAccuracy(Accuracy):
    """Mean over judgements of the credit; every judgement counts once."""

    method = "mean credit over judgements"

    def values(self, sample: Sample) -> FloatArray:
        """Mean credit, each judgement with its weight."""
        earned = self._flat @ sample.weighted.reshape(len(self._flat), -1)
        return ratio(earned, self.covered.astype(float) @ sample.weighted_totals)


class MajorityAccuracy(Accuracy):
    """Mean credit of the majority's choice over trials in which more than half of the judgements agree."""

    method = "mean credit of the majority's choice over trials with a strict majority"
    recentred = True

    def values(self, sample: Sample) -> FloatArray:
        """Mean credit over trials with a strict majority."""
        return self.mean_credit(sample.weighted_majority)

    def counted(self, judgements: Judgements) -> BoolArray:
        """Judgements of covered trials with a strict majority."""
        has_majority = 2 * judgements.counts.max(axis=1) > judgements.per_trial
        return np.asarray(super().counted(judgements) & has_majority[judgements.trial])

    def reason(self, judgements: Judgements) -> str:
        """No majority, unless nothing is covered at all."""
        nothing = not super().counted(judgements).any()
        return super().reason(judgements) if nothing else "no trial has a strict majority"


class UnanimousAccuracy(Accuracy):
    """Mean credit over trials with at least three judgements, all equal."""

    method = "mean credit over trials with at least 3 judgements, all equal"
    recentred = True

    def values(self, sample: Sample) -> FloatArray:
        """Mean credit over unanimous trials."""
        return self.mean_credit(sample.weighted_unanimity)

    def counted(self, judgements: Judgements) -> BoolArray:
        """Judgements of covered unanimous trials."""
        agreed = judgements.counts.max(axis=1) == judgements.per_trial
        unanimous = agreed & (judgements.per_trial >= UNANIMOUS_JUDGEMENTS)
        return np.asarray(super().counted(judgements) & unanimous[judgements.trial])

    def reason(self, judgements: Judgements) -> str:
        """No unanimity, unless nothing is covered at all."""
        nothing = not super().counted(judgements).any()
        return super().reason(judgements) if nothing else "no trial has 3 or more judgements that are all equal"
