"""Rows about ratings: how far listeners agree on a scale, and who orders the clips of a context as they do.

A rated clip (or a page that is rated once) is what was judged; the clips of one trial form a cluster and are resampled
together. The question about suitability is the one named `suitability`, else the first that is asked for each clip
of trials with a context.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.agreement.row import Row, stratum
from analysis.agreement.samples import IntArray, counted_rows, numbered
from analysis.queries.answers import Answers
from analysis.queries.plan import AskedQuestion, Plan
from analysis.queries.predictions import FloatArray, Predicted
from analysis.stats import alpha, bootstrap, icc, over_all, split_half, suitability, top_choice
from analysis.stats.figure import Figure
from analysis.stats.judgements import Judgements
from analysis.stats.ranks import Measure
from analysis.stats.statistic import Statistic

KIND = "rating"
Named = dict[tuple[str, str], Statistic]
WITHIN: dict[str, Measure] = {
    "suitability_pairwise_accuracy": "pairwise",
    "suitability_kendall_within": "kendall",
    "suitability_spearman_within": "spearman",
}


@dataclass(frozen=True, eq=False)
class RatingSample:
    """Ratings of one question. Rated clip r is slot `slots[r]` of trial `trials[r]` of the plan (slot −1: the page).

    `values` are the numbers of the judgements' categories: the points of the scale. `people[p]` is the place of the
    judgements' participant p in `Answers.participants`.
    """

    subset: str
    stratum: str
    about_suitability: bool
    trials: IntArray
    slots: IntArray
    values: FloatArray
    judgements: Judgements
    people: IntArray


def rating_samples(answers: Answers, subset: str) -> list[RatingSample]:
    """Return the ratings of every rating question."""
    about = {question.pk for question in suitability_questions(answers.plan)}
    return [
        _sample(answers, question, subset, about_suitability=question.pk in about)
        for question in answers.plan.questions
        if question.kind == KIND
    ]


def suitability_questions(plan: Plan) -> list[AskedQuestion]:
    """Return the question about suitability of each task whose trials have a context."""
    with_context = {trial.task for trial in plan.trials if trial.context}
    found = []
    for task in plan.tasks:
        asked = [q for q in plan.questions if q.task == task and q.kind == KIND and q.per_clip]
        named = [question for question in asked if question.name == "suitability"]
        found += (named or asked)[:1] if task in with_context else []
    return found


def _sample(answers: Answers, question: AskedQuestion, subset: str, *, about_suitability: bool) -> RatingSample:
    place = {trial.pk: index for index, trial in enumerate(answers.plan.trials)}
    order = {one.pk: index for index, one in enumerate(answers.participants)}
    rows = [row for row in counted_rows(answers, question, subset) if row.value is not None]
    rated = sorted({(place[row.trial], -1 if row.slot is None else row.slot) for row in rows})
    number = {one: at for at, one in enumerate(rated)}
    values = scale_points(question, {row.value for row in rows if row.value is not None})
    people, person = numbered([order[row.participant] for row in rows])
    judgements = Judgements(
        trial=np.array(
            [number[place[row.trial], -1 if row.slot is None else row.slot] for row in rows], dtype=np.int64
        ),
        participant=person,
        choice=np.array([values.index(row.value) for row in rows if row.value is not None], dtype=np.int64),
        n_trials=len(rated),
        n_participants=len(people),
        n_categories=max(len(values), 1),
        cluster=numbered([trial for trial, _ in rated])[1],
    )
    return RatingSample(
        subset,
        stratum(task=question.task, question=question.name),
        about_suitability,
        np.array([trial for trial, _ in rated], dtype=np.int64),
        np.array([slot for _, slot in rated], dtype=np.int64),
        np.array(values or [0.0]),
        judgements,
        np.array(people, dtype=np.int64),
    )


def scale_points(question: AskedQuestion, given: set[float]) -> list[float]:
    """Return the numbers that can be given, in ascending order; those that were, where there are no steps."""
    scale, step = question.settings.get("scale"), question.settings.get("step", 1)
    if not scale or not step:
        return sorted(given)
    points = np.arange(scale[0], scale[1] + step / 2, step).tolist()
    return sorted({float(point) for point in points} | given)


def rating_rows(
    sample: RatingSample, plan: Plan, models: Sequence[Predicted], *, n_resamples: int, seed: int, thorough: bool = True
) -> list[Row]:
    """Return the listeners' agreement and, where the question is about suitability, that of every model.

    Correlations over all clips take longest; only a `thorough` computation has them.
    """
    judged, values = sample.judgements, sample.values
    statistics: Named = {
        ("krippendorff_alpha_ordinal", ""): alpha.Alpha("ordinal"),
        ("krippendorff_alpha_interval", ""): alpha.Alpha("interval", values),
    }
    fixed = {
        "icc_a_1": icc.icc_agreement(judged.matrix(values)),
        "icc_a_k": icc.icc_agreement(judged.matrix(values), average=True),
        "split_half": split_half.split_half(judged, values, seed=seed),
    }
    if sample.about_suitability:
        statistics |= _suitability(sample, plan, models, thorough=thorough)
        fixed |= _chances(sample, plan)
    name = {"subset": sample.subset, "stratum": sample.stratum}
    rows = [Row.of(figure, measure=measure, **name) for measure, figure in fixed.items()]
    by_number = {str(at): statistic for at, statistic in enumerate(statistics.values())}
    resampled = bootstrap.two_way(judged, by_number, n_resamples=n_resamples, seed=seed)
    for at, (measure, model) in zip(by_number, statistics, strict=True):
        rows.append(Row.resampled(resampled, at, measure=measure, model=model, **name))
    return rows


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


def fit_scores(sample: RatingSample, predicted: Predicted) -> FloatArray:
    """Return the model's fit of each rated clip to its context, NaN where it has none: (n_clips,)."""
    fits = [predicted.fits[trial] for trial in sample.trials]
    pairs = zip(fits, sample.slots.tolist(), strict=True)
    return np.array([np.nan if fit is None or slot < 0 else fit[slot] for fit, slot in pairs], dtype=np.float64)


def true_clips(sample: RatingSample, plan: Plan) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Return which rated clips are those really said: (n_clips,)."""
    pairs = zip(sample.trials.tolist(), sample.slots.tolist(), strict=True)
    return np.array([plan.trials[trial].true_slot == slot for trial, slot in pairs], dtype=bool)
