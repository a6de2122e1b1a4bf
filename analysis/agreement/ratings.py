"""Rows about ratings and ranks: how far listeners agree, and who orders the clips of a context as they do.

The question about suitability is the one named `suitability`, else the first of its kind that is asked for each clip of
trials with a context.
"""

from collections.abc import Sequence

import numpy as np

from analysis.agreement.rated import RatingSample, fit_scores, true_clips
from analysis.agreement.row import Row
from analysis.queries.plan import Plan
from analysis.queries.predictions import Predicted
from analysis.stats import alpha, bootstrap, concordance, icc, over_all, split_half, suitability, top_choice
from analysis.stats.figure import Figure
from analysis.stats.ranks import Measure
from analysis.stats.statistic import Statistic

Named = dict[tuple[str, str], Statistic]
WITHIN: dict[str, Measure] = {
    "suitability_pairwise_accuracy": "pairwise",
    "suitability_kendall_within": "kendall",
    "suitability_spearman_within": "spearman",
}


def rating_rows(
    sample: RatingSample, plan: Plan, models: Sequence[Predicted], *, n_resamples: int, seed: int, thorough: bool = True
) -> list[Row]:
    """Return the listeners' agreement and, where the question is about suitability, that of every model.

    Correlations over all clips take longest; only a `thorough` computation has them.
    """
    statistics, fixed = _of_listeners(sample, seed)
    if sample.about_suitability:
        statistics |= _suitability(sample, plan, models, thorough=thorough and not sample.ranked)
        fixed |= _chances(sample, plan)
    name = {"subset": sample.subset, "stratum": sample.stratum}
    rows = [Row.of(figure, measure=measure, **name) for measure, figure in fixed.items()]
    by_number = {str(at): statistic for at, statistic in enumerate(statistics.values())}
    resampled = bootstrap.two_way(sample.judgements, by_number, n_resamples=n_resamples, seed=seed)
    for at, (measure, model) in zip(by_number, statistics, strict=True):
        rows.append(Row.resampled(resampled, at, measure=measure, model=model, **name))
    return rows


def _of_listeners(sample: RatingSample, seed: int) -> tuple[Named, dict[str, Figure]]:
    """Return what is about listeners alone, with intervals and without.

    The ranks that one listener gives to the clips of a page are bound to each other, and their distances mean nothing:
    coefficients that take ratings as numbers are left out for them.
    """
    judged, values = sample.judgements, sample.values
    statistics: Named = {("krippendorff_alpha_ordinal", ""): alpha.Alpha("ordinal")}
    if sample.per_clip:
        statistics["spearman_between_listeners", ""] = concordance.BetweenListeners(values)
    if sample.ranked:
        return statistics, {"kendall_w": concordance.kendall_w(judged, values)}
    statistics["krippendorff_alpha_interval", ""] = alpha.Alpha("interval", values)
    fixed = {
        "icc_a_1": icc.icc_agreement(judged.matrix(values)),
        "icc_a_k": icc.icc_agreement(judged.matrix(values), average=True),
        "split_half": split_half.split_half(judged, values, seed=seed),
    }
    return statistics, fixed


def _suitability(sample: RatingSample, plan: Plan, models: Sequence[Predicted], *, thorough: bool) -> Named:
    is_true, values = true_clips(sample, plan), sample.values
    statistics: Named = {
        (f"{measure}_one_out", ""): suitability.WithinContextCeiling(kind, values) for measure, kind in WITHIN.items()
    }
    statistics["suitability_true_first_people", ""] = top_choice.PeopleTopChoice(is_true, values)
    for one in models:
        scores, name = fit_scores(sample, one), one.model.name
        for measure, kind in WITHIN.items():
            statistics[measure, name] = suitability.WithinContext(scores, kind, values)
        if thorough:
            statistics["suitability_kendall_all", name] = over_all.OverAll(scores, "kendall", values)
            statistics["suitability_spearman_all", name] = over_all.OverAll(scores, "spearman", values)
        statistics["suitability_true_first", name] = top_choice.TopChoice(scores, is_true)
    return statistics


def _chances(sample: RatingSample, plan: Plan) -> dict[str, Figure]:
    size = (len(sample.trials), len(sample.judgements))
    n_clips = [len(plan.trials[trial].clips) for trial in dict.fromkeys(sample.trials.tolist())]
    chances = {"chance_pairwise": Figure(0.5, None, None, *size, "either order is as likely")}
    if n_clips:
        share = float(np.mean([1 / n for n in n_clips]))
        chances["chance_true_first"] = Figure(share, None, None, *size, "1 / number of clips, mean over contexts")
    return chances
