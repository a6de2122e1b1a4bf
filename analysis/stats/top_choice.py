"""How often the response that was really given is ranked first, by a model and by single people."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.accuracy import JudgementAccuracy
from analysis.stats.figure import NO_JUDGEMENTS
from analysis.stats.judgements import BoolArray, FloatArray, IntArray, Judgements, category_values
from analysis.stats.sample import Sample
from analysis.stats.statistic import Statistic, ratio
from analysis.stats.suitability import contexts, covered_clips


class TopChoice(Statistic):
    """Share of contexts in which the model scores the true response highest; ties share.

    `scores` (n_trials,) of the clips; `is_true` (n_trials,) marks the one true clip of each context. Contexts without
    ratings, without exactly one true clip or with a clip that the model does not cover are left out.
    """

    method = "share of contexts in which the true response is scored highest"

    def __init__(self, scores: ArrayLike, is_true: ArrayLike) -> None:
        self.scores = np.asarray(scores, dtype=np.float64)
        self.is_true = np.asarray(is_true, dtype=bool)

    def values(self, sample: Sample) -> FloatArray:
        """Mean share over contexts; participants' weights do not matter, contexts' do."""
        credit = self._credit(sample.judgements)[:, None]
        used = ~np.isnan(credit)
        return ratio(
            (np.where(used, credit, 0.0) * sample.trial_weights).sum(axis=0), (used * sample.trial_weights).sum(axis=0)
        )

    def counted(self, judgements: Judgements) -> BoolArray:
        """Ratings in the contexts that count."""
        context = contexts(judgements)
        return np.isin(context, context[~np.isnan(self._credit(judgements))])[judgements.trial]

    def reason(self, judgements: Judgements) -> str:
        """Nothing to be first in."""
        return "no rated context has one true response and scores for all its clips"

    def _credit(self, judgements: Judgements) -> FloatArray:
        """Return at each true clip what its context earns, NaN elsewhere: (n_trials,)."""
        covered_clips(self.scores, judgements)
        context = contexts(judgements)
        rated = np.isin(context, context[judgements.trial])
        share = first_place(self.scores, context)
        n_true = np.bincount(context, self.is_true)
        return np.where(self.is_true & rated & (n_true[context] == 1), share, np.nan)


class PeopleTopChoice(Statistic):
    """The same share for single people: of the contexts that a participant rated whole, the true response on top."""

    method = "share of single participants' contexts in which the true response is rated highest"

    def __init__(self, is_true: ArrayLike, values: ArrayLike | None = None) -> None:
        self.is_true = np.asarray(is_true, dtype=bool)
        self.category_values = values

    def values(self, sample: Sample) -> FloatArray:
        """Mean share over participants' contexts."""
        credit = self._credit(sample.judgements)[:, None]
        weight = sample.weights * sample.trial_weights[sample.judgements.trial] * ~np.isnan(credit)
        return ratio((np.nan_to_num(credit) * weight).sum(axis=0), weight.sum(axis=0))

    def counted(self, judgements: Judgements) -> BoolArray:
        """Ratings of the true responses of contexts that were rated whole."""
        return ~np.isnan(self._credit(judgements))

    def reason(self, judgements: Judgements) -> str:
        """Nobody rated such a context."""
        return "nobody rated all clips of a context with one true response"

    def _credit(self, judgements: Judgements) -> FloatArray:
        """Return at each rating of a true clip what the participant's context earns, NaN elsewhere: (n,)."""
        context = contexts(judgements)
        numbers = category_values(judgements, self.category_values)[judgements.choice]
        group = np.unique(
            judgements.participant * judgements.n_trials + context[judgements.trial], return_inverse=True
        )[1]
        whole = np.bincount(group)[group] == np.bincount(context)[context[judgements.trial]]
        alone = np.bincount(context, self.is_true)[context[judgements.trial]] == 1
        return np.where(self.is_true[judgements.trial] & whole & alone, first_place(numbers, group), np.nan)


class TrueChosen(JudgementAccuracy):
    """Share of judgements that choose the true response; `is_true` (n_trials, K) marks it, NaN rows have none."""

    method = "share of judgements that choose the true response"

    def reason(self, judgements: Judgements) -> str:
        """Nothing judged, or nothing true to choose."""
        return "no judged trial has a true response" if len(judgements) else NO_JUDGEMENTS


class ModelTrueChosen(Statistic):
    """Share of judged trials in which a model chooses the true response, from its credit (n_trials, K); ties share.

    `is_true` (n_trials, K) as above. Participants' weights do not matter, trials' do.
    """

    method = "share of trials in which the model chooses the true response"
    bounds = (0.0, 1.0)

    def __init__(self, credit: ArrayLike, is_true: ArrayLike) -> None:
        self._credit = (np.asarray(credit, dtype=np.float64) * np.asarray(is_true, dtype=np.float64)).sum(axis=1)

    def values(self, sample: Sample) -> FloatArray:
        """Mean share over judged trials."""
        used = (~np.isnan(self._credit) & (sample.judgements.per_trial > 0))[:, None]
        weight = used * sample.trial_weights
        return ratio((np.where(used, self._credit[:, None], 0.0) * weight).sum(axis=0), weight.sum(axis=0))

    def counted(self, judgements: Judgements) -> BoolArray:
        """Judgements of trials with a true response that the model covers."""
        return np.asarray(~np.isnan(self._credit[judgements.trial]))

    def reason(self, judgements: Judgements) -> str:
        """Nothing to choose."""
        return "no judged trial has a true response that the model covers" if len(judgements) else NO_JUDGEMENTS


def first_place(scores: FloatArray, group: IntArray) -> FloatArray:
    """Return each element's share of its group's first place: (n,), NaN in groups with a missing score."""
    if not len(group):
        return np.zeros(0)
    missing = np.isnan(scores)
    best = np.full(int(group.max()) + 1, -np.inf)
    np.maximum.at(best, group, np.where(missing, -np.inf, scores))
    is_best = scores == best[group]
    complete = np.bincount(group, missing)[group] == 0
    return np.where(complete, is_best / np.maximum(np.bincount(group, is_best)[group], 1), np.nan)
