"""Read Prolific's export of a study's submissions (the CSV of demographic data).

Prolific has renamed its columns more than once (`session_id`, then `Submission id`; `entered_code`, then `Completion
code`), so names are compared without regard to capitals, spaces and underscores, and older ones are known.
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from annotations.design.submissions import Standing, Submission
from corpus.errors import ImportFaultsError
from corpus.importers.table import Row, Table, read_table

# The names of each column, newest first.
COLUMNS = {
    "submission": ("Submission id", "session_id"),
    "participant": ("Participant id", "Prolific id", "PROLIFIC_PID"),
    "status": ("Status",),
    "code": ("Completion code", "entered_code", "Study code"),
    "started": ("Started at", "started_datetime"),
    "completed": ("Completed at", "completed_date_time"),
    "taken": ("Time taken",),
    "bonus": ("Bonus", "Bonus payments", "Bonuses"),
}
REQUIRED = ("submission", "participant", "status")

STANDINGS = {
    "APPROVED": Standing.PAID,
    "PARTIALLY APPROVED": Standing.PAID,
    "AWAITING REVIEW": Standing.WAITING,
    "ACTIVE": Standing.OPEN,
    "RESERVED": Standing.OPEN,
    "PROCESSING": Standing.OPEN,
    "RETURNED": Standing.LEFT,
    "TIMED OUT": Standing.LEFT,
    "REJECTED": Standing.REJECTED,
    "SCREENED OUT": Standing.SCREENED_OUT,
}


def standing(status: str) -> Standing:
    """Return what a status means, however it is written.

    >>> standing("TIMED-OUT"), standing("timed_out"), standing("Archived")
    (<Standing.LEFT: 'returned or timed out'>, <Standing.LEFT: 'returned or timed out'>, <Standing.UNKNOWN: 'unknown'>)
    """
    return STANDINGS.get(" ".join(status.upper().replace("-", " ").replace("_", " ").split()), Standing.UNKNOWN)


def read_submissions(path: Path) -> list[Submission]:
    """Return the submissions of an export; raise `ImportFaultsError` naming every fault of the file."""
    table = read_table(path, required=())
    columns = _columns(table)
    if not table.rows and not table.faults:
        table.fault(0, "", "there are no submissions in it", "Export the study's submissions again")
    found = [_submission(table, row, columns) for row in table.rows] if set(REQUIRED) <= set(columns) else []
    _check_repeated(table, found)
    if table.faults:
        raise ImportFaultsError(table.faults)
    return found


def _columns(table: Table) -> dict[str, str]:
    """Return by what it says the column of the file; note which are missing."""
    there = {_plain(column): column for column in table.columns}
    columns = {}
    for meaning, names in COLUMNS.items():
        spelt = [there[_plain(name)] for name in names if _plain(name) in there]
        if spelt:
            columns[meaning] = spelt[0]
        elif meaning in REQUIRED and table.columns:
            mend = "Take the file as Prolific exports it, under Download demographic data"
            table.fault(1, names[0], "this column is missing", mend)
    return columns


def _plain(column: str) -> str:
    return "".join(letter for letter in column.lower() if letter.isalnum())


def _submission(table: Table, row: Row, columns: dict[str, str]) -> Submission:
    def cell(meaning: str, read: Callable[[str], Any] = str) -> Any:
        column = columns.get(meaning, "")
        text = row.cells.get(column, "")
        if meaning in REQUIRED and not text:
            table.fault(row.line, column, "the cell is empty", "Export the submissions again")
        try:
            return read(text)
        except ValueError as error:
            table.fault(row.line, column, str(error), "Leave the cell as Prolific wrote it, or empty")
            return None

    status = cell("status")
    return Submission(
        submission=cell("submission"),
        participant=cell("participant"),
        status=status,
        standing=standing(status),
        code=cell("code"),
        started=cell("started", _moment),
        completed=cell("completed", _moment),
        taken=cell("taken", _seconds),
        bonus=cell("bonus"),
    )


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time") from None
    # Prolific writes UTC.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _seconds(text: str) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError(f"{text!r} is no number of seconds")
    return seconds


def _check_repeated(table: Table, found: list[Submission]) -> None:
    first: dict[str, int] = {}
    for row, one in zip(table.rows, found, strict=False):
        if one.submission and first.setdefault(one.submission, row.line) != row.line:
            what = f"the submission {one.submission} is in line {first[one.submission]} already"
            table.fault(row.line, "", what, "Remove one of them")
