"""How well a model orders the clips of a context by suitability, as people's ratings order them.

Ratings are `Judgements` whose trials are rated clips, whose categories are the scale points in ascending order, and
whose `cluster` is the context of each clip. `scores` (n_trials,) are the model's, NaN where it does not cover a clip.
`values` (K,) are the numbers of the scale points, 0 … K − 1 by default. Contexts are resampled as wholes.
"""

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.judgements import BoolArray, FloatArray, IntArray, Judgements, category_values
from analysis.stats.ranks import Measure, Pairs, correlation, ordered_alike
from analysis.stats.sample import Sample
from analysis.stats.statistic import Statistic, ratio

NAMES: dict[Measure, str] = {
    "pairwise": "within-context pairwise accuracy",
    "kendall": "Kendall's tau-b within context, mean over contexts",
    "spearman": "Spearman's rho within context, mean over contexts",
}
BOUNDS: dict[Measure, tuple[float, float]] = {"pairwise": (0, 1), "kendall": (-1, 1), "spearman": (-1, 1)}


def contexts(judgements: Judgements) -> IntArray:
    """Return the context of each rated clip; raise `ValueError` where the judgements name none."""
    if judgements.cluster is None:
        raise ValueError("suitability is judged within contexts: give Judgements a cluster for each rated clip")
    return judgements.cluster


def covered_clips(scores: FloatArray, judgements: Judgements) -> BoolArray:
    """Return which clips have a score: (n_trials,); raise `ValueError` where scores are not one a clip."""
    if scores.shape != (judgements.n_trials,):
        raise ValueError(f"scores must be one for each of {judgements.n_trials} rated clips, not {scores.shape}")
    return ~np.isnan(scores)


class WithinContext(Statistic):
    """Agreement in order, within contexts, of model scores and mean ratings.

    `measure` "pairwise": of all pairs of clips of a context with different mean ratings, the share that the model
    orders the same way, its ties counting half. "kendall" and "spearman": tau-b and rho of each context, averaged over
    the contexts where neither side is constant.
    """

    recentred = True

    def __init__(self, scores: ArrayLike, measure: Measure = "pairwise", values: ArrayLike | None = None) -> None:
        self.scores = np.asarray(scores, dtype=np.float64)
        self.measure = measure
        self.category_values = values
        self.method = NAMES[measure]
        self.bounds = BOUNDS[measure]
        self._pairs: tuple[Judgements, Pairs] | None = None

    def values(self, sample: Sample) -> FloatArray:
        """Agreement in order under each set of weights."""
        judgements = sample.judgements
        means = mean_ratings(sample, self.category_values)
        of_context = np.zeros((int(contexts(judgements).max()) + 1, means.shape[1]))
        of_context[contexts(judgements)] = sample.trial_weights
        return agreement_in_order(self._pairs_of(judgements), means, of_context, self.measure)

    def counted(self, judgements: Judgements) -> BoolArray:
        """Ratings of clips that the model covers."""
        return covered_clips(self.scores, judgements)[judgements.trial]

    def reason(self, judgements: Judgements) -> str:
        """Nothing rated, nothing covered, or no order to agree with."""
        if not self.counted(judgements).any():
            return "the model covers none of the rated clips"
        return "no context has two covered clips that are told apart"

    def _pairs_of(self, judgements: Judgements) -> Pairs:
        if self._pairs is None or self._pairs[0] is not judgements:
            self._pairs = judgements, Pairs.within(contexts(judgements), self.scores)
        return self._pairs[1]


class WithinContextCeiling(Statistic):
    """Leave-one-participant-out: each participant's ratings as a model's scores, against the means of the others.

    Groups are the contexts of single participants; "pairwise" pools their pairs, "kendall" and "spearman" average
    over groups. A participant's own ties count half, as a model's do.
    """

    recentred = True

    def __init__(self, measure: Measure = "pairwise", values: ArrayLike | None = None) -> None:
        self.measure = measure
        self.category_values = values
        self.method = f"{NAMES[measure]}: each participant against the means of the others"
        self.bounds = BOUNDS[measure]
        self._pairs: tuple[Judgements, Pairs] | None = None

    def values(self, sample: Sample) -> FloatArray:
        """Mean agreement of single participants with the others."""
        judgements = sample.judgements
        own = category_values(judgements, self.category_values)[judgements.choice][:, None]
        numbers = category_values(judgements, self.category_values)
        sums = np.einsum("k,ktr->tr", numbers, sample.counts)[judgements.trial]
        others = ratio(sums - sample.weights * own, sample.totals[judgements.trial] - sample.weights)
        pairs = self._pairs_of(judgements)
        weights = np.zeros((pairs.n_groups, others.shape[1]))
        weights[_participant_contexts(judgements)] = sample.weights * sample.trial_weights[judgements.trial]
        return agreement_in_order(pairs, others, weights, self.measure)

    def counted(self, judgements: Judgements) -> BoolArray:
        """Ratings of clips that somebody else rated too."""
        return (judgements.per_trial > 1)[judgements.trial]

    def reason(self, judgements: Judgements) -> str:
        """Nothing rated by two people, or no order to agree with."""
        if not self.counted(judgements).any():
            return "no clip was rated by two participants"
        return "no context has two clips that participants tell apart"

    def _pairs_of(self, judgements: Judgements) -> Pairs:
        if self._pairs is None or self._pairs[0] is not judgements:
            own = category_values(judgements, self.category_values)[judgements.choice]
            self._pairs = judgements, Pairs.within(_participant_contexts(judgements), own)
        return self._pairs[1]


def agreement_in_order(pairs: Pairs, values: FloatArray, weights: FloatArray, measure: Measure) -> FloatArray:
    """Pool or average agreement over groups with (n_groups, R) weights: (R,), NaN where there is nothing to order."""
    if measure == "pairwise":
        alike, differing = ordered_alike(pairs, values)
        return ratio((alike * weights).sum(axis=0), (differing * weights).sum(axis=0))
    each = correlation(pairs, values, measure)
    defined = ~np.isnan(each)
    return ratio((np.where(defined, each, 0.0) * weights).sum(axis=0), (defined * weights).sum(axis=0))


def mean_ratings(sample: Sample, values: ArrayLike | None = None) -> FloatArray:
    """Return the mean rating of each clip under each set of weights: (n_trials, R), NaN where there is none."""
    numbers = category_values(sample.judgements, values)
    return ratio(np.einsum("k,ktr->tr", numbers, sample.counts), sample.totals)


def _participant_contexts(judgements: Judgements) -> IntArray:
    """Return for each rating the number of its (participant, context): (n,)."""
    key = judgements.participant * judgements.n_trials + contexts(judgements)[judgements.trial]
    return np.asarray(np.unique(key, return_inverse=True)[1])
