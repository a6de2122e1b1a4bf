"""From the text of a cell to its value; each raises `BadCellError` saying what is wrong and what to write."""

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime

from analysis.enums import Population
from annotations.enums import ChosenBy

LONGEST_KEY = 40


class BadCellError(ValueError):
    """A cell cannot be used."""

    def __init__(self, what: str, mend: str) -> None:
        self.what, self.mend = what, mend
        super().__init__(f"{what}. {mend}")


def participant_key(cell: str) -> str:
    """Return a participant's key: 1 to 40 characters."""
    if not cell:
        raise BadCellError("no participant", "Give a key for whoever answered.")
    if len(cell) > LONGEST_KEY:
        raise BadCellError(f"a key of {len(cell)} characters", f"Give keys of at most {LONGEST_KEY}.")
    return cell


def presented(cell: str, clips: Sequence[str]) -> list[int]:
    """Return the slots in screen order; empty where the cell is."""
    if not cell:
        return []
    shown = cell.split(" ")
    if sorted(shown) != sorted(clips):
        raise BadCellError("not the clips of this trial", f"Give {' '.join(clips)} in the order shown, or nothing.")
    return [list(clips).index(name) for name in shown]


def milliseconds(cell: str) -> float | None:
    """Return a time that is not negative; None where the cell is empty."""
    if not cell:
        return None
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise BadCellError(f"{cell!r} is no time", "Give milliseconds, such as 2350.5, or nothing.")
    return value


def plays(cell: str, n_clips: int) -> list[int] | None:
    """Return completed plays per slot; None where the cell is empty."""
    if not cell:
        return None
    try:
        counts = json.loads(cell)
    except ValueError:
        counts = None
    whole = isinstance(counts, list) and all(type(count) is int and count >= 0 for count in counts)
    if not whole or len(counts) != n_clips:
        raise BadCellError(f"{cell!r} is no list of plays", f"Give {n_clips} whole numbers, such as {[1] * n_clips}.")
    return list(counts)


def moment(cell: str) -> datetime | None:
    """Return a time; one without a zone is taken as UTC. None where the cell is empty."""
    if not cell:
        return None
    try:
        value = datetime.fromisoformat(cell)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadCellError(f"{cell!r} is no time", "Give ISO 8601 in UTC, such as 2026-03-01T12:00:00Z.") from None


def included(cell: str) -> bool:
    """Return whether the answers count; an empty cell means that they do."""
    if cell not in ("", "0", "1"):
        raise BadCellError(f"{cell!r} is neither 0 nor 1", "Give 1, or 0 where the participant is excluded.")
    return cell != "0"


def chosen_by(cell: str) -> str:
    """Return why a trial was given; empty where the cell is."""
    if cell not in ("", *ChosenBy.values):
        raise BadCellError(f"{cell!r} is no reason", f"Give one of {', '.join(ChosenBy.values)}, or nothing.")
    return cell


def population(cell: str) -> Population:
    """Return whose answers these are; an empty cell means people's."""
    if cell not in ("", *Population.values):
        raise BadCellError(f"{cell!r} is no population", f"Give {' or '.join(Population.values)}.")
    return Population(cell or Population.PEOPLE)
