"""Rank correlation of model scores and ratings over all clips at once, after z-scoring each participant.

Z-scoring takes out that some people use the high and some the low end of the scale (and how much of it), not that
contexts differ; compare the figures within contexts (`suitability`).
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.figure import ALL_VALUES_EQUAL
from analysis.stats.judgements import BoolArray, FloatArray, Judgements, category_values
from analysis.stats.sample import Sample
from analysis.stats.statistic import Statistic, ratio
from analysis.stats.suitability import covered_clips
from analysis.stats.weighted_ranks import Ordered, kendall, spearman


class OverAll(Statistic):
    """Kendall's tau-b or Spearman's rho of scores and mean z-scored ratings over all rated clips.

    `scores` (n_trials,): the model's, NaN where it does not cover a clip. Participants who gave the same rating
    throughout have no z-scores and are left out.
    """

    recentred = True
    bounds = (-1.0, 1.0)

    def __init__(
        self, scores: ArrayLike, measure: Literal["kendall", "spearman"] = "spearman", values: ArrayLike | None = None
    ) -> None:
        self.scores = np.asarray(scores, dtype=np.float64)
        self.measure = measure
        self.category_values = values
        name = "Kendall's tau-b" if measure == "kendall" else "Spearman's rho"
        self.method = f"{name} over all clips, ratings z-scored for each participant"

    def values(self, sample: Sample) -> FloatArray:
        """Correlation under each set of weights; copies of a clip stand beside each other as ties."""
        covered = ~np.isnan(self.scores)
        rated, known = sample.shared(("mean z", str(self.category_values)), lambda: self._rated(sample))
        y = Ordered(np.where(covered, self.scores, 0.0)[None])
        correlation = kendall if self.measure == "kendall" else spearman
        return correlation(rated, y, known * covered)

    def counted(self, judgements: Judgements) -> BoolArray:
        """Z-scored ratings of clips that the model covers."""
        z = z_scores(judgements, self.category_values)
        return covered_clips(self.scores, judgements)[judgements.trial] & ~np.isnan(z)

    def reason(self, judgements: Judgements) -> str:
        """Nothing covered, or one side constant."""
        if np.isnan(self.scores[judgements.trial]).all():
            return "the model covers none of the rated clips"
        return ALL_VALUES_EQUAL

    def _rated(self, sample: Sample) -> tuple[Ordered, FloatArray]:
        """Return the mean z-scored rating of each clip and how often each rated clip counts: (R, n_trials) each."""
        z = z_scores(sample.judgements, self.category_values)
        weights = sample.weights * ~np.isnan(z)[:, None]
        of_trials = sample.incidence.of_trials
        means = np.round(ratio(of_trials @ (weights * np.nan_to_num(z)[:, None]), of_trials @ weights).T, 9)
        known = ~np.isnan(means)
        return Ordered(np.where(known, means, 0.0)), np.where(known, sample.trial_weights.T, 0.0)


def z_scores(judgements: Judgements, values: ArrayLike | None = None) -> FloatArray:
    """Return each rating less its participant's mean, over their standard deviation: (n,), NaN where that is 0."""
    numbers = category_values(judgements, values)[judgements.choice]
    n = _summed(judgements, np.ones(len(judgements)))
    mean = ratio(_summed(judgements, numbers), n)
    centred = numbers - mean[judgements.participant]
    variance = ratio(_summed(judgements, centred**2), n)
    return ratio(centred, np.sqrt(variance)[judgements.participant])


def _summed(judgements: Judgements, numbers: FloatArray) -> FloatArray:
    """Return the sum of each participant's numbers: (n_participants,)."""
    return np.bincount(judgements.participant, numbers, judgements.n_participants).astype(np.float64)
