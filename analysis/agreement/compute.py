"""Every figure of one set of answers: what agreement.csv, the report and the study page show."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.agreement.comparisons import Comparison, compared
from analysis.agreement.layers import layer_rows
from analysis.agreement.ratings import rating_rows, rating_samples
from analysis.agreement.row import ALL_ANSWERS, INCLUDED, Row
from analysis.agreement.samples import TriadSample, triad_samples
from analysis.agreement.triads import cross_validated, triad_rows
from analysis.queries.answers import Answers
from analysis.queries.predictions import FloatArray, Predicted


@dataclass(frozen=True, eq=False)
class Agreement:
    """Rows of agreement.csv, comparisons, and by model the cross-validated probabilities of each trial of the plan."""

    rows: tuple[Row, ...]
    comparisons: tuple[Comparison, ...]
    probabilities: dict[str, FloatArray]


@dataclass(frozen=True, slots=True)
class Effort:
    """How much to compute: resamples, their seed, and whether strata and correlations over all clips are wanted.

    The study page leaves those out, so that new figures are there in seconds.
    """

    n_resamples: int = 2000
    seed: int = 0
    thorough: bool = True


def agreement_of(answers: Answers, models: Sequence[Predicted], effort: Effort) -> Agreement:
    """Compute every figure, before and after exclusion."""
    probabilities = {one.model.name: np.full((len(answers.plan.trials), 3), np.nan) for one in models}
    rows: list[Row] = []
    comparisons: list[Comparison] = []
    for sample in _triads(answers, INCLUDED, effort):
        predicted = cross_validated(sample, models, effort.seed)
        rows += triad_rows(sample, models, predicted, n_resamples=effort.n_resamples, seed=effort.seed)
        if sample.whole:
            comparisons += compared(sample, models, n_resamples=effort.n_resamples, seed=effort.seed)
            rows += layer_rows(sample, models, n_resamples=effort.n_resamples, seed=effort.seed)
        if sample.whole and not sample.anchored:
            _keep(probabilities, predicted, sample)
    rows += _ratings(answers, INCLUDED, models, effort)
    rows += _before_exclusion(answers, models, rows, effort)
    return Agreement(tuple(rows), tuple(comparisons), probabilities)


def _triads(answers: Answers, subset: str, effort: Effort) -> list[TriadSample]:
    return [sample for sample in triad_samples(answers, subset) if sample.whole or effort.thorough]


def _ratings(answers: Answers, subset: str, models: Sequence[Predicted], effort: Effort) -> list[Row]:
    rows: list[Row] = []
    for rated in rating_samples(answers, subset):
        rows += rating_rows(
            rated, answers.plan, models, n_resamples=effort.n_resamples, seed=effort.seed, thorough=effort.thorough
        )
    return rows


def _keep(into: dict[str, FloatArray], predicted: dict[str, FloatArray], sample: TriadSample) -> None:
    """Keep a sample's probabilities; of two questions about the same trial the first one's."""
    for name, table in predicted.items():
        missing = np.isnan(into[name][sample.trials])
        into[name][sample.trials] = np.where(missing, table, into[name][sample.trials])


def _before_exclusion(
    answers: Answers, models: Sequence[Predicted], included: Sequence[Row], effort: Effort
) -> list[Row]:
    """Return the rows over all answers: the same numbers again where nobody is excluded."""
    if not any(one.excluded for one in answers.answering):
        return [replace(row, subset=ALL_ANSWERS) for row in included]
    rows: list[Row] = []
    for sample in _triads(answers, ALL_ANSWERS, effort):
        predicted = cross_validated(sample, models, effort.seed)
        rows += triad_rows(sample, models, predicted, n_resamples=effort.n_resamples, seed=effort.seed)
        if sample.whole:
            rows += layer_rows(sample, models, n_resamples=effort.n_resamples, seed=effort.seed)
    return rows + _ratings(answers, ALL_ANSWERS, models, effort)
