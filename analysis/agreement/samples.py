"""Which judgements a figure is about: by question, before or after exclusion, and by stratum.

Practice, attention and repeated trials are no data and enter no figure. Neither do trials that an adaptive study chose
for what others had answered, unless they are asked for (`Answers.subset`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.agreement.row import INCLUDED, stratum
from analysis.queries.answers import Answer, Answers
from analysis.queries.plan import AskedQuestion
from analysis.stats.judgements import Judgements

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
# Both are stored as the odd slot (METHODS: Coding a triad).
TRIAD_KINDS = ("odd_one_out", "pair")
ANCHOR = "anchor"
"""Which of slots 1 and 2 is more like slot 0: the pairs with slot 0 are those that leave slots 2 and 1 odd."""
PAIRS_WITH_ANCHOR = [2, 1]


@dataclass(frozen=True, eq=False)
class TriadSample:
    """Judgements of triads; `trials[t]` is the place in the plan of the judgements' trial t.

    The choices are odd slots; of an `anchored` question the first or the second of the two that are compared with the
    anchor. `people[p]` is the place of the judgements' participant p in `Answers.participants`.
    """

    subset: str
    stratum: str
    whole: bool
    trials: IntArray
    judgements: Judgements
    people: IntArray
    anchored: bool = False

    def similarities(self, planned: FloatArray) -> FloatArray:
        """Return what a model says of each choice, (n_trials, K), from its similarities of the plan's trials."""
        return np.asarray(planned[self.trials][:, PAIRS_WITH_ANCHOR] if self.anchored else planned[self.trials])


def counted_rows(answers: Answers, question: AskedQuestion, subset: str) -> list[Answer]:
    """Return the answers to a question that are data, of a subset."""
    data = {trial.pk for trial in answers.plan.trials if not trial.check}
    left_out = {one.pk for one in answers.participants if subset == INCLUDED and one.excluded}
    return [
        row
        for row in answers.rows
        if row.question == question.pk and answers.enters(row) and row.trial in data and row.participant not in left_out
    ]


def triad_samples(answers: Answers, subset: str) -> list[TriadSample]:
    """Return, for each question about triads, the sample of all trials and then one for each of their strata."""
    samples = []
    for question in answers.plan.questions:
        if question.kind in (*TRIAD_KINDS, ANCHOR):
            samples += _of_question(answers, question, subset)
    return samples


def _of_question(answers: Answers, question: AskedQuestion, subset: str) -> list[TriadSample]:
    place = {trial.pk: index for index, trial in enumerate(answers.plan.trials) if trial.is_triad}
    order = {one.pk: index for index, one in enumerate(answers.participants)}
    rows = [row for row in counted_rows(answers, question, subset) if row.trial in place]
    anchored = question.kind == ANCHOR
    judged = [(place[row.trial], order[row.participant], (row.chosen_slot or 0) - anchored) for row in rows]
    name = {"task": question.task, "question": question.name}
    samples = [_sample(subset, stratum(**name), judged, whole=True, anchored=anchored)]
    labels = sorted({answers.plan.trials[trial].stratum for trial, _, _ in judged})
    for label in labels if len(labels) > 1 else []:
        part = [one for one in judged if answers.plan.trials[one[0]].stratum == label]
        samples.append(_sample(subset, stratum(**name, stratum=label or "none"), part, whole=False, anchored=anchored))
    return samples


def _sample(
    subset: str, name: str, judged: Sequence[tuple[int, int, int]], *, whole: bool, anchored: bool
) -> TriadSample:
    trials, trial = numbered([one[0] for one in judged])
    people, person = numbered([one[1] for one in judged])
    choice = np.array([one[2] for one in judged], dtype=np.int64)
    judgements = Judgements(trial, person, choice, len(trials), len(people), 2 if anchored else 3)
    places = np.array(people, dtype=np.int64)
    return TriadSample(subset, name, whole, np.array(trials, dtype=np.int64), judgements, places, anchored)


def numbered(labels: Sequence[int]) -> tuple[list[int], IntArray]:
    """Return the distinct labels in ascending order and, for each label, its number among them."""
    used, number = np.unique(np.array(labels, dtype=np.int64), return_inverse=True)
    return used.tolist(), number
