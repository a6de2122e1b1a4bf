"""Which ratings and ranks a figure is about: by question, before or after exclusion, and by part of the trials.

A rated or ranked clip (or a page that is rated once) is what was judged; the clips of one trial form a cluster and are
resampled together. Ranks are ratings whose highest is the first rank: they are kept as −1, −2, …
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.agreement.row import stratum
from analysis.agreement.samples import (
    BoolArray,
    FloatArray,
    IntArray,
    about_fit,
    counted_rows,
    labelled_parts,
    numbered,
)
from analysis.queries.answers import Answer, Answers
from analysis.queries.plan import AskedQuestion, Plan
from analysis.queries.predictions import Predicted
from analysis.stats.judgements import Judgements

RATING, RANK = "rating", "rank"


@dataclass(frozen=True, eq=False)
class RatingSample:
    """Ratings, or ranks, of one question.

    Rated clip r is slot `slots[r]` of trial `trials[r]` of the plan; slot −1 is the page. `values` are the numbers of
    the judgements' categories: the points of the scale, or the ranks with a minus. `people[p]` is the place of the
    judgements' participant p in `Answers.participants`. `whole`: all trials of the question, not a part of them.
    """

    subset: str
    stratum: str
    about_suitability: bool
    trials: IntArray
    slots: IntArray
    values: FloatArray
    judgements: Judgements
    people: IntArray
    whole: bool = True
    ranked: bool = False
    per_clip: bool = True


def rating_samples(answers: Answers, subset: str) -> list[RatingSample]:
    """Return, for each question that is rated or ranked, the sample of all trials and one for each part of them."""
    samples: list[RatingSample] = []
    for question in answers.plan.questions:
        if question.kind in (RATING, RANK):
            samples += _with_parts(answers, question, subset)
    return samples


def _with_parts(answers: Answers, question: AskedQuestion, subset: str) -> list[RatingSample]:
    place = {trial.pk: index for index, trial in enumerate(answers.plan.trials)}
    rows = [row for row in counted_rows(answers, question, subset) if row.value is not None]
    name = {"task": question.task, "question": question.name}
    samples = [_sample(answers, question, rows, subset, stratum(**name), whole=True)]
    for part, where in labelled_parts(answers.plan, [place[row.trial] for row in rows]):
        here = [rows[at] for at in where]
        samples.append(_sample(answers, question, here, subset, stratum(**name, **part), whole=False))
    return samples


def _sample(
    answers: Answers, question: AskedQuestion, rows: Sequence[Answer], subset: str, name: str, *, whole: bool
) -> RatingSample:
    place = {trial.pk: index for index, trial in enumerate(answers.plan.trials)}
    order = {one.pk: index for index, one in enumerate(answers.participants)}
    rated = sorted({(place[row.trial], _slot(row)) for row in rows})
    number = {one: at for at, one in enumerate(rated)}
    ranked = question.kind == RANK
    given = [-(row.value or 0.0) if ranked else row.value or 0.0 for row in rows]
    values = sorted(set(given)) if ranked else scale_points(question, set(given))
    category = {value: at for at, value in enumerate(values)}
    people, person = numbered([order[row.participant] for row in rows])
    judgements = Judgements(
        trial=np.array([number[place[row.trial], _slot(row)] for row in rows], dtype=np.int64),
        participant=person,
        choice=np.array([category[value] for value in given], dtype=np.int64),
        n_trials=len(rated),
        n_participants=len(people),
        n_categories=max(len(values), 1),
        cluster=numbered([trial for trial, _ in rated])[1],
    )
    return RatingSample(
        subset,
        name,
        question.pk in {one.pk for one in about_fit(answers.plan, question.kind)},
        np.array([trial for trial, _ in rated], dtype=np.int64),
        np.array([slot for _, slot in rated], dtype=np.int64),
        np.array(values or [0.0]),
        judgements,
        np.array(people, dtype=np.int64),
        whole,
        ranked,
        question.per_clip,
    )


def _slot(row: Answer) -> int:
    return -1 if row.slot is None else row.slot


def scale_points(question: AskedQuestion, given: set[float]) -> list[float]:
    """Return the numbers that can be given, in ascending order; those that were, where there are no steps."""
    scale, step = question.settings.get("scale"), question.settings.get("step", 1)
    if not scale or not step:
        return sorted(given)
    points = np.arange(scale[0], scale[1] + step / 2, step).tolist()
    return sorted({float(point) for point in points} | given)


def fit_scores(sample: RatingSample, predicted: Predicted) -> FloatArray:
    """Return the model's fit of each rated clip to its context, NaN where it has none: (n_clips,)."""
    fits = [predicted.fits[trial] for trial in sample.trials]
    pairs = zip(fits, sample.slots.tolist(), strict=True)
    return np.array([np.nan if fit is None or slot < 0 else fit[slot] for fit, slot in pairs], dtype=np.float64)


def true_clips(sample: RatingSample, plan: Plan) -> BoolArray:
    """Return which rated clips are those really said: (n_clips,)."""
    pairs = zip(sample.trials.tolist(), sample.slots.tolist(), strict=True)
    return np.array([plan.trials[trial].true_slot == slot for trial, slot in pairs], dtype=bool)
