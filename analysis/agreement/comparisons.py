"""Every two models compared on the same trials and the same resamples (METHODS: Uncertainty)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from analysis.agreement.choices import compared_with
from analysis.agreement.rated import RatingSample, fit_scores
from analysis.agreement.samples import ChoiceSample
from analysis.queries.predictions import Predicted
from analysis.stats import bootstrap, compare, triads
from analysis.stats.accuracy import JudgementAccuracy
from analysis.stats.figure import Figure
from analysis.stats.suitability import WithinContext

ACCURACY, IN_ORDER = "accuracy_judgement", "suitability_pairwise_accuracy"
COLUMNS = {
    "measure": "what is compared, as in agreement.csv: accuracy of choices, or pairs of clips ordered alike",
    "model_a": "label of an embedding run",
    "model_b": "label of another",
    "subset": "as in agreement.csv",
    "stratum": "as in agreement.csv",
    "n_trials": "trials that both models cover",
    "n_judgements": "judgements of these trials",
    "difference": "model A minus model B",
    "low": "lower end of the 95 % interval of the difference, on the same resamples",
    "high": "upper end of it",
    "p": "paired sign-flip permutation test over trials (of rated clips: over contexts), two-sided",
    "p_holm": "the same, Holm-corrected over all comparisons of this stratum",
    "method": "how the difference and its interval were computed",
    "reason": "why there is no difference or no interval; empty otherwise",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Model A against model B."""

    measure: str
    model_a: str
    model_b: str
    subset: str
    stratum: str
    figure: Figure
    p: float | None
    p_holm: float | None = None

    def cells(self) -> list[str | int | float | None]:
        """Return the row of comparisons.csv."""
        figure = self.figure
        names = (self.measure, self.model_a, self.model_b, self.subset, self.stratum)
        numbers = (figure.n_trials, figure.n_judgements, figure.estimate, figure.low, figure.high)
        return [*names, *numbers, self.p, self.p_holm, figure.method, figure.reason]


def compared(sample: ChoiceSample, models: Sequence[Predicted], *, n_resamples: int, seed: int) -> list[Comparison]:
    """Compare how often every two models choose as people do, on the trials that both cover."""

    def pair(a: Predicted, b: Predicted) -> Comparison:
        one, other = triads.shared_trials(*(triads.credit(sample.scores(model)) for model in (a, b)))
        statistics = {"a": JudgementAccuracy(one), "b": JudgementAccuracy(other)}
        resampled = bootstrap.two_way(sample.judgements, statistics, n_resamples=n_resamples, seed=seed)
        p = compare.paired_sign_flip(sample.judgements, one, other, seed=seed)
        figure = resampled.difference("a", "b")
        return Comparison(ACCURACY, a.model.name, b.model.name, sample.subset, sample.stratum, figure, p)

    return _each_two(compared_with(sample, models), pair)


def compared_in_order(
    sample: RatingSample, models: Sequence[Predicted], *, n_resamples: int, seed: int
) -> list[Comparison]:
    """Compare how often every two models order the clips of a context as people do, on the clips that both cover."""

    def pair(a: Predicted, b: Predicted) -> Comparison:
        scores = np.stack([fit_scores(sample, model) for model in (a, b)])
        scores[:, np.isnan(scores).any(axis=0)] = np.nan
        one, other = (WithinContext(of, "pairwise", sample.values) for of in scores)
        resampled = bootstrap.two_way(sample.judgements, {"a": one, "b": other}, n_resamples=n_resamples, seed=seed)
        p = compare.sign_flip_in_order(sample.judgements, *scores, values=sample.values, seed=seed)
        figure = resampled.difference("a", "b")
        return Comparison(IN_ORDER, a.model.name, b.model.name, sample.subset, sample.stratum, figure, p)

    return _each_two(models if sample.about_suitability else (), pair)


def _each_two(models: Sequence[Predicted], pair: Callable[[Predicted, Predicted], Comparison]) -> list[Comparison]:
    """Compare every two models; Holm's correction is over all of them."""
    pairs = [pair(a, b) for a, b in combinations(models, 2)]
    corrected = iter(compare.holm([one.p for one in pairs if one.p is not None]))
    return [one if one.p is None else replace(one, p_holm=next(corrected)) for one in pairs]
