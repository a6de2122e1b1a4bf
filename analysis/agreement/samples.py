"""Which judgements a figure is about: by question, before or after exclusion, and by part of the trials.

Practice, attention and repeated trials are no data and enter no figure. Neither do trials that an adaptive study chose
for what others had answered, unless they are asked for (`Answers.subset`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from analysis.agreement.row import INCLUDED, stratum
from analysis.agreement.strata import parts_of
from analysis.queries.answers import Answer, Answers
from analysis.queries.plan import AskedQuestion, Plan
from analysis.queries.predictions import Predicted
from analysis.stats.judgements import Judgements

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
# Both are stored as the odd slot (METHODS: Coding a triad).
TRIAD_KINDS = ("odd_one_out", "pair")
ANCHOR = "anchor"
"""Which of slots 1 and 2 is more like slot 0: the pairs with slot 0 are those that leave slots 2 and 1 odd."""
PAIRS_WITH_ANCHOR = [2, 1]
CHOICE = "choice"
"""Which one of k clips: a model chooses the clip that fits the context best."""


class Chosen(StrEnum):
    """What a choice is: the odd slot, the first or second of the two compared with an anchor, or the best slot."""

    ODD = "odd"
    ANCHORED = "anchored"
    BEST = "best"


@dataclass(frozen=True, eq=False)
class ChoiceSample:
    """Judgements that choose one of K; `trials[t]` is the place in the plan of the judgements' trial t.

    `people[p]` is the place of the judgements' participant p in `Answers.participants`. `whole`: all trials of the
    question, rather than a part of them. `compared`: whether what models say is about the same question.
    """

    subset: str
    stratum: str
    whole: bool
    trials: IntArray
    judgements: Judgements
    people: IntArray
    chosen: Chosen = Chosen.ODD
    compared: bool = True
    true_slots: IntArray | None = None

    def scores(self, predicted: Predicted) -> FloatArray:
        """Return what a model says of each choice, (n_trials, K): it takes the highest. NaN rows where it says nothing.

        Of triads the similarity of the pair that is left, of the best clip its fit to the context.
        """
        if self.chosen == Chosen.BEST:
            return self._fits(predicted)
        similarities = predicted.similarities[self.trials]
        return np.asarray(similarities[:, PAIRS_WITH_ANCHOR] if self.chosen == Chosen.ANCHORED else similarities)

    @property
    def is_true(self) -> FloatArray:
        """1 at the true response of each trial, else 0; NaN rows where no clip is: (n_trials, K)."""
        table = np.full((self.judgements.n_trials, self.judgements.n_categories), np.nan)
        if self.true_slots is not None:
            known = np.flatnonzero(self.true_slots >= 0)
            table[known] = 0.0
            table[known, self.true_slots[known]] = 1.0
        return table

    def _fits(self, predicted: Predicted) -> FloatArray:
        table = np.full((self.judgements.n_trials, self.judgements.n_categories), np.nan)
        for at, trial in enumerate(self.trials.tolist()):
            fit = predicted.fits[trial]
            if fit is not None and self.compared:
                table[at] = fit
        return table


def counted_rows(answers: Answers, question: AskedQuestion, subset: str) -> list[Answer]:
    """Return the answers to a question that are data, of a subset."""
    data = {trial.pk for trial in answers.plan.trials if not trial.check}
    left_out = {one.pk for one in answers.participants if subset == INCLUDED and one.excluded}
    return [
        row
        for row in answers.rows
        if row.question == question.pk and answers.enters(row) and row.trial in data and row.participant not in left_out
    ]


def about_fit(plan: Plan, kind: str) -> list[AskedQuestion]:
    """Return, of each task whose trials have a context, the question of a kind that asks how well clips fit it.

    That is the one named `suitability`; where the task has none of that name, the first of the kind that is about
    each clip.
    """
    with_context = {trial.task for trial in plan.trials if trial.context}
    found = []
    for task in plan.tasks:
        comparable = [q for q in plan.questions if q.task == task and (q.per_clip or q.kind == CHOICE)]
        named = [question for question in comparable if question.name == "suitability"]
        of_kind = [question for question in named or comparable if question.kind == kind]
        found += of_kind[:1] if task in with_context else []
    return found


def choice_samples(answers: Answers, subset: str) -> list[ChoiceSample]:
    """Return, for each question whose answer is one of K, the sample of all trials and then one for each part of them.

    K is 3 for triads, 2 with an anchor, and the number of clips where the best is chosen: where that differs between
    trials, those of each number are a sample of their own.
    """
    samples: list[ChoiceSample] = []
    for question in answers.plan.questions:
        if question.kind in (*TRIAD_KINDS, ANCHOR):
            samples += _of_triads(answers, question, subset)
        elif question.kind == CHOICE:
            samples += _of_best(answers, question, subset)
    return samples


def _of_triads(answers: Answers, question: AskedQuestion, subset: str) -> list[ChoiceSample]:
    triads = {at for at, trial in enumerate(answers.plan.trials) if trial.is_triad}
    anchored = question.kind == ANCHOR
    judged = [one for one in _judged(answers, question, subset, first=int(anchored)) if one[0] in triads]
    name = {"task": question.task, "question": question.name}
    like = (Chosen.ANCHORED, 2, True) if anchored else (Chosen.ODD, 3, True)
    return _with_parts(answers.plan, judged, subset, name, *like)


def _of_best(answers: Answers, question: AskedQuestion, subset: str) -> list[ChoiceSample]:
    plan = answers.plan
    compared = question.pk in {one.pk for one in about_fit(plan, CHOICE)}
    judged = [one for one in _judged(answers, question, subset) if len(plan.trials[one[0]].clips) > 1]
    asked = {len(t.clips) for t in plan.trials if t.task == question.task and not t.check and len(t.clips) > 1}
    samples = []
    for n_clips in sorted(asked):
        name = {"task": question.task, "question": question.name}
        name |= {"clips": str(n_clips)} if len(asked) > 1 else {}
        here = [one for one in judged if len(plan.trials[one[0]].clips) == n_clips]
        samples += _with_parts(plan, here, subset, name, Chosen.BEST, n_clips, compared)
    return samples


def _judged(answers: Answers, question: AskedQuestion, subset: str, first: int = 0) -> list[tuple[int, int, int]]:
    """Return (trial's place in the plan, participant's place, choice counted from slot `first`) of each answer."""
    place = {trial.pk: index for index, trial in enumerate(answers.plan.trials)}
    order = {one.pk: index for index, one in enumerate(answers.participants)}
    rows = counted_rows(answers, question, subset)
    return [(place[row.trial], order[row.participant], (row.chosen_slot or 0) - first) for row in rows]


def _with_parts(
    plan: Plan,
    judged: Sequence[tuple[int, int, int]],
    subset: str,
    name: dict[str, str],
    chosen: Chosen,
    n_categories: int,
    compared: bool,
) -> list[ChoiceSample]:
    def sample(name: dict[str, str], part: Sequence[tuple[int, int, int]], *, whole: bool) -> ChoiceSample:
        trials, trial = numbered([one[0] for one in part])
        people, person = numbered([one[1] for one in part])
        choice = np.array([one[2] for one in part], dtype=np.int64)
        true = [slot if (slot := plan.trials[at].true_slot) is not None else -1 for at in trials]
        return ChoiceSample(
            subset,
            stratum(**name),
            whole,
            np.array(trials, dtype=np.int64),
            Judgements(trial, person, choice, len(trials), len(people), n_categories),
            np.array(people, dtype=np.int64),
            chosen,
            compared,
            np.array(true, dtype=np.int64),
        )

    parts = labelled_parts(plan, [one[0] for one in judged])
    return [
        sample(name, judged, whole=True),
        *(sample(name | part, [judged[at] for at in where], whole=False) for part, where in parts),
    ]


def labelled_parts(plan: Plan, places: Sequence[int]) -> Iterator[tuple[dict[str, str], list[int]]]:
    """Yield each part of judgements, by the places of their trials in the plan: its kind and label, and which they are.

    Labels of a kind come in alphabetical order.
    """
    for kind, labels in parts_of(plan, set(places)).items():
        for label in sorted(set(labels.values())):
            yield {kind: label}, [at for at, place in enumerate(places) if labels.get(place) == label]


def numbered(labels: Sequence[int]) -> tuple[list[int], IntArray]:
    """Return the distinct labels in ascending order and, for each label, its number among them."""
    used, number = np.unique(np.array(labels, dtype=np.int64), return_inverse=True)
    return used.tolist(), number
