"""Rows about triads: how far listeners agree with each other, and each model with them (METHODS: Agreement)."""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.agreement.row import Row
from analysis.agreement.samples import TriadSample
from analysis.queries.predictions import FloatArray, Predicted
from analysis.stats import accuracy, alpha, bootstrap, ceilings, kappa, temperature, triads
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


def of_model(similarities: FloatArray, probabilities: FloatArray) -> dict[str, Statistic]:
    """Return the measures of a model, from its (n_trials, K) similarities and cross-validated probabilities."""
    credit = triads.credit(similarities)
    return {
        "accuracy_judgement": accuracy.JudgementAccuracy(credit),
        "accuracy_majority": accuracy.MajorityAccuracy(credit),
        "accuracy_unanimous": accuracy.UnanimousAccuracy(credit),
        "model_relative": ceilings.ModelRelative(credit, chance=1 / credit.shape[1]),
        "log_loss_bits": temperature.LogLoss(probabilities),
    }


def cross_validated(sample: TriadSample, models: Sequence[Predicted], seed: int) -> dict[str, FloatArray]:
    """Return each model's probabilities on the sample's trials, T fitted on other trials: (n_trials, K)."""
    return {
        one.model.name: temperature.cross_validated(
            sample.similarities(one.similarities), sample.judgements, seed=seed
        ).probabilities
        for one in models
    }


def triad_rows(
    sample: TriadSample,
    models: Sequence[Predicted],
    probabilities: Mapping[str, FloatArray],
    *,
    n_resamples: int,
    seed: int,
) -> list[Row]:
    """Return chance, the listeners' figures and those of every model, all intervals from the same resamples."""
    statistics: Named = {(measure, ""): statistic for measure, statistic in of_listeners().items()}
    for one in models:
        name = one.model.name
        measures = of_model(sample.similarities(one.similarities), probabilities[name])
        statistics |= {(measure, name): statistic for measure, statistic in measures.items()}
    fixed = [_chance(sample), *_marginals(sample)]
    return fixed + bootstrapped(sample, statistics, n_resamples=n_resamples, seed=seed)


def bootstrapped(sample: TriadSample, statistics: Named, *, n_resamples: int, seed: int) -> list[Row]:
    """Return the rows of statistics named (measure, model), with the intervals of the two-way bootstrap."""
    numbered = {str(at): statistic for at, statistic in enumerate(statistics.values())}
    resampled = bootstrap.two_way(sample.judgements, numbered, n_resamples=n_resamples, seed=seed)
    return [
        Row.resampled(resampled, at, measure=measure, model=model, subset=sample.subset, stratum=sample.stratum)
        for at, (measure, model) in zip(numbered, statistics, strict=True)
    ]


def _chance(sample: TriadSample) -> Row:
    size = (sample.judgements.n_trials, len(sample.judgements))
    chance = Figure(1 / sample.judgements.n_categories, None, None, *size, "1 / number of slots")
    return Row.of(chance, measure="chance", subset=sample.subset, stratum=sample.stratum)


def _marginals(sample: TriadSample) -> list[Row]:
    """How often each slot was the odd one: far from 1/3 where slots were not assigned at random.

    An anchored question has none: neither of its two is the odd one.
    """
    judged, n_trials = sample.judgements, sample.judgements.n_trials
    if not len(judged) or sample.anchored:
        return []
    shares = np.bincount(judged.choice, minlength=judged.n_categories) / len(judged)
    method = "share of judgements in which the slot is the odd one"
    return [
        Row.of(
            Figure(float(share), None, None, n_trials, len(judged), method),
            measure=f"share_odd_slot_{slot}",
            subset=sample.subset,
            stratum=sample.stratum,
        )
        for slot, share in enumerate(shares)
    ]
