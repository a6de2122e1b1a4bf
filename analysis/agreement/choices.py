"""Rows about choices, of triads and of the best clip: how far listeners agree with each other, and models with them."""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.agreement.row import Row
from analysis.agreement.samples import ChoiceSample, Chosen
from analysis.queries.predictions import FloatArray, Predicted
from analysis.stats import accuracy, alpha, bootstrap, ceilings, kappa, temperature, top_choice, triads
from analysis.stats.figure import Figure
from analysis.stats.statistic import Statistic

Named = dict[tuple[str, str], Statistic]


def of_listeners() -> dict[str, Statistic]:
    """Return the measures that are about listeners alone."""
    return {
        "leave_one_out": ceilings.LeaveOneOut(),
        "oracle": ceilings.Oracle(),
        "percent_agreement": kappa.PercentAgreement(),
        "fleiss_kappa": kappa.Fleiss(),
        "krippendorff_alpha_nominal": alpha.Alpha("nominal"),
        "gwet_ac1": kappa.GwetAC1(),
    }


def of_model(scores: FloatArray, probabilities: FloatArray) -> dict[str, Statistic]:
    """Return the measures of a model, from its (n_trials, K) scores and cross-validated probabilities."""
    credit = triads.credit(scores)
    return {
        "accuracy_judgement": accuracy.JudgementAccuracy(credit),
        "accuracy_majority": accuracy.MajorityAccuracy(credit),
        "accuracy_unanimous": accuracy.UnanimousAccuracy(credit),
        "model_relative": ceilings.ModelRelative(credit, chance=1 / credit.shape[1]),
        "log_loss_bits": temperature.LogLoss(probabilities),
    }


def cross_validated(sample: ChoiceSample, models: Sequence[Predicted], seed: int) -> dict[str, FloatArray]:
    """Return each compared model's probabilities on the sample's trials, T fitted on other trials: (n_trials, K)."""
    return {
        one.model.name: temperature.cross_validated(sample.scores(one), sample.judgements, seed=seed).probabilities
        for one in compared_with(sample, models)
    }


def compared_with(sample: ChoiceSample, models: Sequence[Predicted]) -> Sequence[Predicted]:
    """Return the models, none where the question is not one that they answer."""
    return models if sample.compared else ()


def choice_rows(
    sample: ChoiceSample,
    models: Sequence[Predicted],
    probabilities: Mapping[str, FloatArray],
    *,
    n_resamples: int,
    seed: int,
) -> list[Row]:
    """Return chance, the listeners' figures and those of every model, all intervals from the same resamples."""
    statistics: Named = {(measure, ""): statistic for measure, statistic in of_listeners().items()}
    statistics |= _of_the_true(sample, models)
    for one in compared_with(sample, models):
        name = one.model.name
        measures = of_model(sample.scores(one), probabilities[name])
        statistics |= {(measure, name): statistic for measure, statistic in measures.items()}
    fixed = [_chance(sample), *_marginals(sample)]
    return fixed + bootstrapped(sample, statistics, n_resamples=n_resamples, seed=seed)


def _of_the_true(sample: ChoiceSample, models: Sequence[Predicted]) -> Named:
    """Return how often people and models choose the response that was really said, where trials have one."""
    if sample.chosen != Chosen.BEST or not sample.compared or np.isnan(sample.is_true).all():
        return {}
    statistics: Named = {("suitability_true_first_people", ""): top_choice.TrueChosen(sample.is_true)}
    for one in models:
        credit = triads.credit(sample.scores(one))
        statistics["suitability_true_first", one.model.name] = top_choice.ModelTrueChosen(credit, sample.is_true)
    return statistics


def bootstrapped(sample: ChoiceSample, statistics: Named, *, n_resamples: int, seed: int) -> list[Row]:
    """Return the rows of statistics named (measure, model), with the intervals of the two-way bootstrap."""
    numbered = {str(at): statistic for at, statistic in enumerate(statistics.values())}
    resampled = bootstrap.two_way(sample.judgements, numbered, n_resamples=n_resamples, seed=seed)
    return [
        Row.resampled(resampled, at, measure=measure, model=model, subset=sample.subset, stratum=sample.stratum)
        for at, (measure, model) in zip(numbered, statistics, strict=True)
    ]


def _chance(sample: ChoiceSample) -> Row:
    size = (sample.judgements.n_trials, len(sample.judgements))
    chance = Figure(1 / sample.judgements.n_categories, None, None, *size, "1 / number of choices")
    return Row.of(chance, measure="chance", subset=sample.subset, stratum=sample.stratum)


def _marginals(sample: ChoiceSample) -> list[Row]:
    """How often each slot was chosen: far from 1 / K where slots were not assigned at random.

    An anchored question has none: which of its two is the first means nothing.
    """
    judged, n_trials = sample.judgements, sample.judgements.n_trials
    if not len(judged) or sample.chosen == Chosen.ANCHORED:
        return []
    shares = np.bincount(judged.choice, minlength=judged.n_categories) / len(judged)
    measure, said = {
        Chosen.ODD: ("share_odd_slot", "share of judgements in which the slot is the odd one"),
        Chosen.BEST: ("share_best_slot", "share of judgements that choose the slot"),
    }[sample.chosen]
    return [
        Row.of(
            Figure(float(share), None, None, n_trials, len(judged), said),
            measure=f"{measure}_{slot}",
            subset=sample.subset,
            stratum=sample.stratum,
        )
        for slot, share in enumerate(shares)
    ]
