"""A platform's list of submissions, read whole: either every submission or every fault at once."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from annotations.design.submissions import Standing, Submission
from corpus.errors import ImportFaultsError
from corpus.importers.table import Row, Table, read_table

Columns = Mapping[str, Sequence[str]]
"""By what it says, the names that a column has had, newest first. They are compared without capitals and signs."""

REQUIRED = ("submission", "participant", "status")


@dataclass(frozen=True, slots=True)
class SubmissionList:
    """How the list of the platform called `title` reads. `moment` reads a time; `mend` says how to get the file."""

    title: str
    columns: Columns
    standings: Mapping[str, Standing]
    moment: Callable[[str], datetime | None]
    mend: str

    def read(self, path: Path) -> list[Submission]:
        """Return the submissions of an export; raise `ImportFaultsError` naming every fault of the file."""
        table = read_table(path, required=())
        columns = self._columns(table)
        if not table.rows and not table.faults:
            table.fault(0, "", "there are no submissions in it", "Export the study's submissions again")
        found = [self._submission(table, row, columns) for row in table.rows] if set(REQUIRED) <= set(columns) else []
        _check_repeated(table, found)
        if table.faults:
            raise ImportFaultsError(table.faults)
        return found

    def _columns(self, table: Table) -> dict[str, str]:
        """Return by what it says the column of the file; note which are missing."""
        there = {_plain(column): column for column in table.columns}
        columns = {}
        for meaning, names in self.columns.items():
            spelt = [there[_plain(name)] for name in names if _plain(name) in there]
            if spelt:
                columns[meaning] = spelt[0]
            elif meaning in REQUIRED and table.columns:
                table.fault(1, names[0], "this column is missing", self.mend)
        return columns

    def _submission(self, table: Table, row: Row, columns: dict[str, str]) -> Submission:
        def cell(meaning: str, read: Callable[[str], Any] = str) -> Any:
            column = columns.get(meaning, "")
            text = row.cells.get(column, "")
            if meaning in REQUIRED and not text:
                table.fault(row.line, column, "the cell is empty", "Export the submissions again")
            try:
                return read(text)
            except ValueError as error:
                table.fault(row.line, column, str(error), f"Leave the cell as {self.title} wrote it, or empty")
                return None

        status = cell("status")
        return Submission(
            submission=cell("submission"),
            participant=cell("participant"),
            status=status,
            standing=standing_in(self.standings, status),
            code=cell("code"),
            started=cell("started", self.moment),
            completed=cell("completed", self.moment),
            taken=cell("taken", _seconds),
            bonus=cell("bonus"),
        )


def standing_in(standings: Mapping[str, Standing], status: str) -> Standing:
    """Return what a status means, however it is written; `standings` are in capitals, with spaces."""
    return standings.get(" ".join(status.upper().replace("-", " ").replace("_", " ").split()), Standing.UNKNOWN)


def _plain(column: str) -> str:
    return "".join(letter for letter in column.lower() if letter.isalnum())


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


def _check_repeated(table: Table, found: Sequence[Submission]) -> None:
    first: dict[str, int] = {}
    for row, one in zip(table.rows, found, strict=False):
        if one.submission and first.setdefault(one.submission, row.line) != row.line:
            what = f"the submission {one.submission} is in line {first[one.submission]} already"
            table.fault(row.line, "", what, "Remove one of them")
