"""The platform's list beside ours, as a CSV for the researcher. It names people by their platform ids."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

from annotations.design.reconciling import Reconciled
from annotations.design.submissions import Stored, Submission

COLUMNS = (
    "action",
    "finding",
    "platform_participant",
    "platform_submission",
    "participant",
    "status",
    "stage",
    "answered",
    "wanted",
    "code_entered",
    "code_given",
    "started_there",
    "arrived_here",
    "completed_there",
    "finished_here",
    "minutes_there",
    "minutes_here",
    "excluded",
    "bonus_there",
    "bonus_proposed",
)
# What a spreadsheet would take for a formula. Codes are typed by participants.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def reconciled_csv(lines: Sequence[Reconciled]) -> str:
    """Return one row a line, in the order given; times in UTC."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for line in lines:
        cells = _of_line(line) | _there(line.submission) | _here(line.stored)
        writer.writerow({column: _safe(cells.get(column, "")) for column in COLUMNS})
    return file.getvalue()


def _of_line(line: Reconciled) -> dict[str, str]:
    person = line.submission.participant if line.submission else line.stored.participant if line.stored else ""
    bonus = "" if line.bonus is None else f"{line.bonus:.2f}"
    return {
        "action": line.action.value,
        "finding": line.finding,
        "platform_participant": person,
        "bonus_proposed": bonus,
    }


def _there(one: Submission | None) -> dict[str, str]:
    if one is None:
        return {}
    return {
        "platform_submission": one.submission,
        "status": one.status,
        "code_entered": one.code,
        "started_there": _moment(one.started),
        "completed_there": _moment(one.completed),
        "minutes_there": "" if one.taken is None else f"{one.taken / 60:.1f}",
        "bonus_there": one.bonus,
    }


def _here(one: Stored | None) -> dict[str, str]:
    if one is None:
        return {}
    return {
        "participant": one.key,
        "stage": one.stage,
        "answered": str(one.answered),
        "wanted": str(one.wanted),
        "code_given": one.code,
        "arrived_here": _moment(one.arrived),
        "finished_here": _moment(one.finished),
        "minutes_here": "" if one.finished is None else f"{(one.finished - one.arrived).total_seconds() / 60:.1f}",
        "excluded": one.excluded,
    }


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def _safe(cell: str) -> str:
    return "'" + cell if cell.startswith(_FORMULA) else cell
