"""Every two models compared on the same triads and the same resamples (METHODS: Uncertainty)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from analysis.agreement.samples import TriadSample
from analysis.queries.predictions import Predicted
from analysis.stats import bootstrap, compare, triads
from analysis.stats.accuracy import JudgementAccuracy
from analysis.stats.figure import Figure

COLUMNS = {
    "measure": "what is compared: accuracy at judgement level",
    "model_a": "label of an embedding run",
    "model_b": "label of another",
    "subset": "as in agreement.csv",
    "stratum": "as in agreement.csv",
    "n_trials": "trials that both models cover",
    "n_judgements": "judgements of these trials",
    "difference": "model A minus model B",
    "low": "lower end of the 95 % interval of the difference, on the same resamples",
    "high": "upper end of it",
    "p": "paired sign-flip permutation test over trials, two-sided",
    "p_holm": "the same, Holm-corrected over all comparisons of this stratum",
    "method": "how the difference and its interval were computed",
    "reason": "why there is no difference or no interval; empty otherwise",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Model A against model B."""

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
        names = ("accuracy_judgement", self.model_a, self.model_b, self.subset, self.stratum)
        numbers = (figure.n_trials, figure.n_judgements, figure.estimate, figure.low, figure.high)
        return [*names, *numbers, self.p, self.p_holm, figure.method, figure.reason]


def compared(sample: TriadSample, models: Sequence[Predicted], *, n_resamples: int, seed: int) -> list[Comparison]:
    """Compare every two models on the triads that both cover; Holm's correction is over all of them."""
    pairs = [_pair(sample, a, b, n_resamples, seed) for a, b in combinations(models, 2)]
    corrected = iter(compare.holm([pair.p for pair in pairs if pair.p is not None]))
    return [pair if pair.p is None else replace(pair, p_holm=next(corrected)) for pair in pairs]


def _pair(sample: TriadSample, a: Predicted, b: Predicted, n_resamples: int, seed: int) -> Comparison:
    one, other = triads.shared_trials(
        triads.credit(sample.similarities(a.similarities)), triads.credit(sample.similarities(b.similarities))
    )
    statistics = {"a": JudgementAccuracy(one), "b": JudgementAccuracy(other)}
    resampled = bootstrap.two_way(sample.judgements, statistics, n_resamples=n_resamples, seed=seed)
    p = compare.paired_sign_flip(sample.judgements, one, other, seed=seed)
    figure = resampled.difference("a", "b")
    return Comparison(a.model.name, b.model.name, sample.subset, sample.stratum, figure, p)
