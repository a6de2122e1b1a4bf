"""Every figure of one set of answers: what agreement.csv, the report and the study page show."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.agreement.choices import choice_rows, cross_validated
from analysis.agreement.comparisons import Comparison, compared, compared_in_order
from analysis.agreement.layers import layer_rows
from analysis.agreement.rated import RatingSample, rating_samples
from analysis.agreement.ratings import rating_rows
from analysis.agreement.row import ALL_ANSWERS, INCLUDED, Row
from analysis.agreement.samples import ChoiceSample, Chosen, choice_samples
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
    often = {"n_resamples": effort.n_resamples, "seed": effort.seed}
    samples = _samples(answers, INCLUDED, effort)
    rows = _rows(answers, samples, models, effort, keep=probabilities)
    comparisons: list[Comparison] = []
    for sample in samples.choices:
        comparisons += compared(sample, models, **often) if sample.whole else []
    for rated in samples.rated:
        comparisons += compared_in_order(rated, models, **often) if rated.whole else []
    rows += _before_exclusion(answers, models, rows, effort)
    return Agreement(tuple(rows), tuple(comparisons), probabilities)


@dataclass(frozen=True, slots=True)
class _Samples:
    """What is measured of a subset: choices, then ratings and ranks."""

    choices: Sequence[ChoiceSample]
    rated: Sequence[RatingSample]


def _samples(answers: Answers, subset: str, effort: Effort) -> _Samples:
    return _Samples(
        [sample for sample in choice_samples(answers, subset) if sample.whole or effort.thorough],
        [sample for sample in rating_samples(answers, subset) if sample.whole or effort.thorough],
    )


def _rows(
    answers: Answers,
    samples: _Samples,
    models: Sequence[Predicted],
    effort: Effort,
    keep: dict[str, FloatArray] | None = None,
) -> list[Row]:
    """Return all figures of the samples; `keep` takes probabilities of triads."""
    often = {"n_resamples": effort.n_resamples, "seed": effort.seed}
    rows: list[Row] = []
    for sample in samples.choices:
        predicted = cross_validated(sample, models, effort.seed)
        rows += choice_rows(sample, models, predicted, **often)
        rows += layer_rows(sample, models, **often) if sample.whole else []
        if keep is not None and sample.whole and sample.chosen == Chosen.ODD:
            _keep(keep, predicted, sample)
    for rated in samples.rated:
        rows += rating_rows(rated, answers.plan, models, **often, thorough=effort.thorough and rated.whole)
    return rows


def _keep(into: dict[str, FloatArray], predicted: dict[str, FloatArray], sample: ChoiceSample) -> None:
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
    return _rows(answers, _samples(answers, ALL_ANSWERS, effort), models, effort)
