"""The study page's tables as CSV files, made when they are asked for."""

from collections.abc import Callable, Mapping
from functools import partial

from analysis.agreement.row import COLUMNS
from analysis.enums import Population
from analysis.export.cells import Cell
from analysis.export.responses import responses_table
from analysis.export.study_tables import participants_table, stimuli_table, trials_table
from analysis.export.table import Table
from analysis.listeners.compute import ListenerFigures
from analysis.queries.answers import answers_of
from analysis.queries.freshness import latest_snapshot
from analysis.queries.plan import plan_of
from analysis.queries.progress import collected
from analysis.queries.steps import step_columns
from analysis.queries.stimuli import sounds_of
from annotations.models import StudyVersion

ANSWERS = {
    "trial": "trial of trials.csv",
    "task": "task",
    "stratum": "stratum",
    "check": "empty, practice, attention or repeat",
    "answers": "answers so far",
    "planned": "answers planned",
}


def _answers(version: StudyVersion, population: Population) -> Table:
    trials = collected(version, population).trials
    rows: list[list[Cell]] = [[t.key, t.task, t.stratum, t.check, t.answers, t.planned] for t in trials]
    return Table("answers.csv", ANSWERS, rows)


def _agreement(version: StudyVersion, population: Population) -> Table:
    snapshot = latest_snapshot(version.pk, population)
    rows = [[row[name] for name in COLUMNS] for row in snapshot.figures] if snapshot else []
    return Table("agreement.csv", COLUMNS, rows)


def _participants(version: StudyVersion, population: Population) -> Table:
    return participants_table(answers_of(plan_of(version), population), step_columns(version, population))


def _listeners(name: str, version: StudyVersion, population: Population) -> Table:
    figures = ListenerFigures.of_snapshot(latest_snapshot(version.pk, population))
    return next(table for table in figures.tables if table.name == name)


FILES: Mapping[str, str] = {
    "agreement.csv": "figures of the latest snapshot",
    "listeners.csv": "listeners one by one, of the latest snapshot",
    "exclusions.csv": "what excluding would change, of the latest snapshot",
    "answers.csv": "answers to each trial",
    "responses.csv": "every answer",
    "participants.csv": "who took part",
    "trials.csv": "the plan",
    "stimuli.csv": "the sounds",
}
_TABLES: Mapping[str, Callable[[StudyVersion, Population], Table]] = {
    "agreement.csv": _agreement,
    "listeners.csv": partial(_listeners, "listeners.csv"),
    "exclusions.csv": partial(_listeners, "exclusions.csv"),
    "answers.csv": _answers,
    "responses.csv": lambda version, population: responses_table(answers_of(plan_of(version), population)),
    "participants.csv": _participants,
    "trials.csv": lambda version, _: trials_table(plan_of(version)),
    "stimuli.csv": lambda version, _: stimuli_table(sounds_of(version.corpus_id)),
}


def download_text(name: str, version: StudyVersion, population: Population) -> str | None:
    """Return a file's text; None where there is no such file."""
    table = _TABLES.get(name)
    return table(version, population).text if table else None
