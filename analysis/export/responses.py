"""responses.csv: one row a question and rated clip, in an order that depends on the answers alone."""

import json
from collections.abc import Iterator

from analysis.export.cells import Cell
from analysis.export.clip_names import clip_names
from analysis.export.table import Table
from analysis.queries.answers import Answer, Answers
from annotations.questions import get_kind
from annotations.questions.base import Given

NAME = "responses.csv"
COLUMNS = {
    "participant": "random public key",
    "trial": "trial of trials.csv",
    "question": "name of the question in its task",
    "clip": "the rated clip (stimulus id; id#slot where the trial holds it twice); empty where asked once",
    "value": "odd one out, pair: the odd clip's id; anchor, choice: the chosen one's; rating: a number; rank: 1 = best",
    "presented": "clips in screen order, separated by spaces; empty where unknown",
    "rt_ms": "milliseconds from the moment all clips could be played, monotonic; empty where unknown",
    "plays": "completed plays of each clip in slot order, a JSON list; empty where unknown",
    "answered_at": "when the server stored the answer, ISO 8601, UTC; empty where unknown",
    "included": "1, or 0 where the participant is excluded",
    "exclusion": "why excluded",
    "population": "people or simulated; a file holds one of them",
    "chosen_by": "why the participant was given the trial; priority: for what others had answered; empty where unknown",
}


def responses_table(answers: Answers) -> Table:
    """Return the table; free text is left out."""
    return Table(NAME, COLUMNS, list(_rows(answers)))


def _rows(answers: Answers) -> Iterator[list[Cell]]:
    trials = {trial.pk: (trial.key, clip_names(trial.clips)) for trial in answers.plan.trials}
    questions = {question.pk: question for question in answers.plan.questions}
    listeners = {one.pk: one for one in answers.participants}
    for row in answers.rows:
        if row.value is None and row.chosen_slot is None:
            continue
        listener, (trial, clips) = listeners[row.participant], trials[row.trial]
        question = questions[row.question]
        given = Given(slot=row.slot, value=row.value, chosen_slot=row.chosen_slot)
        yield [
            listener.key,
            trial,
            question.name,
            "" if row.slot is None else clips[row.slot],
            get_kind(question.kind).to_csv(given, clips),
            *_page(row, clips),
            not listener.excluded,
            listener.exclusion,
            answers.population.value,
            row.chosen_by,
        ]


def _page(row: Answer, clips: list[str]) -> list[Cell]:
    """Return presented, rt_ms, plays and answered_at."""
    unknown = row.unknown or []
    return [
        " ".join(clips[slot] for slot in row.presented),
        row.rt_ms,
        "" if "plays" in unknown else json.dumps(row.plays),
        None if "answered_at" in unknown else row.answered_at,
    ]
