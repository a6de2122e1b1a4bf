"""Every figure of one set of answers: what agreement.csv, the report and the study page show."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.agreement.comparisons import Comparison, compared
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


def agreement_of(answers: Answers, models: Sequence[Predicted], *, n_resamples: int, seed: int) -> Agreement:
    """Compute every figure, before and after exclusion, from `n_resamples` resamples of one seed."""
    probabilities = {one.model.name: np.full((len(answers.plan.trials), 3), np.nan) for one in models}
    settings = {"n_resamples": n_resamples, "seed": seed}
    rows: list[Row] = []
    comparisons: list[Comparison] = []
    for sample in triad_samples(answers, INCLUDED):
        predicted = cross_validated(sample, models, seed)
        rows += triad_rows(sample, models, predicted, **settings)
        if sample.whole:
            comparisons += compared(sample, models, **settings)
            _keep(probabilities, predicted, sample)
    for rated in rating_samples(answers, INCLUDED):
        rows += rating_rows(rated, answers.plan, models, **settings)
    rows += _before_exclusion(answers, models, rows, **settings)
    return Agreement(tuple(rows), tuple(comparisons), probabilities)


def _keep(into: dict[str, FloatArray], predicted: dict[str, FloatArray], sample: TriadSample) -> None:
    """Keep a sample's probabilities; of two questions about the same trial the first one's."""
    for name, table in predicted.items():
        missing = np.isnan(into[name][sample.trials])
        into[name][sample.trials] = np.where(missing, table, into[name][sample.trials])


def _before_exclusion(
    answers: Answers, models: Sequence[Predicted], included: Sequence[Row], *, n_resamples: int, seed: int
) -> list[Row]:
    """Return the rows over all answers: the same numbers again where nobody is excluded."""
    if not any(one.excluded for one in answers.answering):
        return [replace(row, subset=ALL_ANSWERS) for row in included]
    rows: list[Row] = []
    for sample in triad_samples(answers, ALL_ANSWERS):
        rows += triad_rows(sample, models, cross_validated(sample, models, seed), n_resamples=n_resamples, seed=seed)
    for rated in rating_samples(answers, ALL_ANSWERS):
        rows += rating_rows(rated, answers.plan, models, n_resamples=n_resamples, seed=seed)
    return rows
