"""mixed_model.csv: every two models compared by a mixed-effects logistic model, beside the bootstrap's difference."""

from collections.abc import Sequence
from itertools import combinations

from analysis.agreement.comparisons import Comparison
from analysis.agreement.row import INCLUDED
from analysis.agreement.samples import ChoiceSample, choice_samples
from analysis.export.cells import Cell
from analysis.export.table import Table
from analysis.queries.answers import Answers
from analysis.queries.predictions import Predicted
from analysis.stats import triads
from analysis.stats.mixed import FORMULA, Mixed, mixed_logistic

COLUMNS = {
    "model_a": "label of an embedding run",
    "model_b": "label of another",
    "subset": "as in agreement.csv",
    "stratum": "as in agreement.csv",
    "n_trials": "triads that both models cover and in which neither ties (a shared credit is neither right nor wrong)",
    "n_judgements": "judgements of these triads",
    "log_odds": f"of agreeing with model A minus those with model B, from {FORMULA}",
    "error": "standard error of log_odds",
    "z": "log_odds ÷ error",
    "p": "two-sided p of z (Wald), not corrected for several comparisons",
    "intercept": "log odds of agreeing with model B",
    "sd_participant": "standard deviation of the participants' effects, in log odds",
    "sd_trial": "of the triads' effects",
    "sd_trial_model": "of the effects of a triad with a model",
    "difference": "model A minus model B in accuracy at judgement level, as in comparisons.csv",
    "difference_p": "p of the sign-flip test there",
    "reason": "why there is no log_odds; empty otherwise",
}


def mixed_table(answers: Answers, models: Sequence[Predicted], comparisons: Sequence[Comparison]) -> Table:
    """Return a row for each two models and question whose answer is one of several, over who is not excluded."""
    known = {(one.model_a, one.model_b, one.stratum): one for one in comparisons}
    rows = []
    for sample in choice_samples(answers, INCLUDED):
        for a, b in combinations(models, 2) if sample.whole and sample.compared else ():
            beside = known.get((a.model.name, b.model.name, sample.stratum))
            rows.append(_row(sample, a, b, beside))
    return Table("mixed_model.csv", COLUMNS, rows)


def _row(sample: ChoiceSample, a: Predicted, b: Predicted, beside: Comparison | None) -> list[Cell]:
    earned = [triads.credit(sample.scores(one)) for one in (a, b)]
    fitted = mixed_logistic(sample.judgements, *earned)
    names: list[Cell] = [a.model.name, b.model.name, sample.subset, sample.stratum]
    difference = [beside.figure.estimate, beside.p] if beside else [None, None]
    return [*names, *_numbers(fitted), *difference, fitted.reason]


def _numbers(one: Mixed) -> list[Cell]:
    tests = (one.difference, one.error, one.z, one.p)
    return [one.n_trials, one.n_judgements, *tests, one.intercept, one.participant, one.trial, one.trial_model]
