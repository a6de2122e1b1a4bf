"""Answers by listener, as the statistics of single listeners take them.

Listeners are numbered in the order of `Answers.answering`. What is compared with others are ordinary trials of the
subset that enters figures; habits are those of all ordinary trials. Others are everyone else, excluded or not, so
that nobody's figures change with who is excluded.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.agreement.rated import RANK, RATING
from analysis.agreement.samples import CHOICE, TRIAD_KINDS
from analysis.queries.answers import Answer, Answers
from analysis.queries.listening import Listening
from analysis.queries.plan import AskedQuestion
from analysis.stats.judgements import FloatArray, IntArray, Judgements
from annotations.enums import Check


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings and ranks of clips, (n,) each: `share` is the place on the scale, 0 to 1; `others` their mean or NaN."""

    person: IntArray
    question: IntArray
    share: FloatArray
    others: FloatArray


@dataclass(slots=True)
class Habits:
    """One listener's pages and answers: times with the page's number and the least time, places chosen, ratings."""

    rt_ms: list[float] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    least_ms: list[float] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    n_pages: int = 0


@dataclass(slots=True)
class Repeated:
    """One listener's answers to trials that came twice: clips chosen, and ratings with the question of each."""

    first: list[str] = field(default_factory=list)
    second: list[str] = field(default_factory=list)
    n_options: list[int] = field(default_factory=list)
    rated_first: list[float] = field(default_factory=list)
    rated_second: list[float] = field(default_factory=list)
    question: list[int] = field(default_factory=list)


def triad_judgements(answers: Answers) -> Judgements:
    """Return everyone's choices among three: of triads, and of the best clip; two questions about a trial are two."""
    person = _numbers(answers)
    asked = {question.pk for question in answers.plan.questions if question.kind in (*TRIAD_KINDS, CHOICE)}
    triads = {trial.pk for trial in answers.plan.triads}
    rows = [row for row in _compared(answers) if row.question in asked and row.trial in triads]
    labels = [(row.question, row.trial) for row in rows]
    number = {label: at for at, label in enumerate(dict.fromkeys(labels))}
    return Judgements(
        np.array([number[label] for label in labels], dtype=np.int64),
        np.array([person[row.participant] for row in rows], dtype=np.int64),
        np.array([row.chosen_slot for row in rows], dtype=np.int64),
        len(number),
        len(person),
    )


def ratings(answers: Answers) -> Ratings:
    """Return everyone's ratings and ranks beside the others' mean of the same clip and question."""
    person, place = _numbers(answers), Places(answers, RATING, RANK)
    rows = [row for row in _compared(answers) if place.knows(row)]
    labels = [(row.question, row.trial, row.slot) for row in rows]
    number = {label: at for at, label in enumerate(dict.fromkeys(labels))}
    item = np.array([number[label] for label in labels], dtype=np.int64)
    share = np.array([place.of(row) for row in rows], dtype=np.float64)
    n, total = (np.bincount(item, weights, minlength=len(number))[item] for weights in (None, share))
    return Ratings(
        np.array([person[row.participant] for row in rows], dtype=np.int64),
        np.array([row.question for row in rows], dtype=np.int64),
        share,
        np.where(n > 1, (total - share) / np.maximum(n - 1, 1), np.nan),
    )


def habits(answers: Answers, listening: Listening) -> dict[int, Habits]:
    """Return each listener's habits, by the participant's row."""
    place, ordinary = Places(answers, RATING), _ordinary(answers)
    pages = {trial.pk for trial in answers.plan.trials if trial.check != Check.PRACTICE}
    found = {one.pk: Habits() for one in answers.answering}
    seen: set[tuple[int, int]] = set()
    for row in answers.rows:
        own, page = found[row.participant], (row.participant, row.trial)
        if row.trial in ordinary:
            if row.chosen_slot is not None and row.presented:
                own.places.append(row.presented.index(row.chosen_slot))
            if place.knows(row):
                own.shares.append(place.of(row))
        if page not in seen and row.trial in pages:
            seen.add(page)
            own.n_pages += 1
            if row.rt_ms is not None:
                own.rt_ms.append(row.rt_ms)
                own.position.append(row.position)
                own.least_ms.append(listening.least_ms.get(row.trial, np.nan))
    return found


def repeated(answers: Answers, listening: Listening) -> dict[int, Repeated]:
    """Return each listener's answers to trials that came twice, matched by clip, by the participant's row.

    The first time is the trial of the plan; slots may differ between the two.
    """
    place = Places(answers, RATING, RANK)
    clips = {trial.pk: trial.clips for trial in answers.plan.trials}
    given = {(row.participant, row.trial, row.question, _clip(row, clips[row.trial])): row for row in answers.rows}
    found: dict[int, Repeated] = {one.pk: Repeated() for one in answers.answering}
    for (participant, trial, question, clip), again in given.items():
        original = listening.repeats.get(trial)
        first = given.get((participant, original, question, clip)) if original is not None else None
        if first is None or original is None:
            continue
        own = found[participant]
        if first.chosen_slot is not None and again.chosen_slot is not None:
            own.first.append(clips[original][first.chosen_slot])
            own.second.append(clips[trial][again.chosen_slot])
            own.n_options.append(len(clips[trial]))
        elif place.knows(first) and place.knows(again):
            own.rated_first.append(place.of(first))
            own.rated_second.append(place.of(again))
            own.question.append(question)
    return found


class Places:
    """Where answers of some kinds lie on their scale, 0 to 1: its ends are the question's, else the outermost given."""

    def __init__(self, answers: Answers, *kinds: str) -> None:
        given: defaultdict[int, list[float]] = defaultdict(list)
        for row in answers.rows:
            if row.value is not None:
                given[row.question].append(row.value)
        asked = [question for question in answers.plan.questions if question.kind in kinds]
        self._ends = {question.pk: _ends(question, given[question.pk]) for question in asked}

    def knows(self, row: Answer) -> bool:
        """Tell whether an answer has a place."""
        return row.value is not None and row.question in self._ends

    def of(self, row: Answer) -> float:
        """Return the place of an answer; 0 where the scale has no width."""
        low, high = self._ends[row.question]
        return ((row.value or 0.0) - low) / (high - low) if high > low else 0.0


def _ends(question: AskedQuestion, given: Sequence[float]) -> tuple[float, float]:
    scale = question.settings.get("scale")
    return (float(scale[0]), float(scale[1])) if scale else (min(given, default=0.0), max(given, default=0.0))


def _clip(row: Answer, clips: Sequence[str]) -> str | None:
    return None if row.slot is None else clips[row.slot]


def _numbers(answers: Answers) -> dict[int, int]:
    return {one.pk: number for number, one in enumerate(answers.answering)}


def _ordinary(answers: Answers) -> set[int]:
    return {trial.pk for trial in answers.plan.trials if not trial.check}


def _compared(answers: Answers) -> list[Answer]:
    ordinary = _ordinary(answers)
    return [row for row in answers.rows if row.trial in ordinary and answers.enters(row)]
