"""Read `stimuli.csv`: clips and contexts, one a row, and where their sound is."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any

from corpus.audio import parse_channel
from corpus.enums import StimulusRole
from corpus.errors import Fault
from corpus.importers.table import Row, Table, read_table

REQUIRED = ("stimulus", "path", "role")
COLUMNS = (*REQUIRED, "token", "speaker", "dialogue", "channel", "start", "end", "transcript")

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class StimulusRow:
    """A row of `stimuli.csv`.

    `file`: where its sound is; `path`: that as the CSV gives it; `channel` from 1, None for all; `start`, `end`:
    seconds in the dialogue; `attributes`: the further columns that are not empty, as they came.
    """

    line: int
    stimulus: str
    path: str
    file: Path
    role: str
    token: str
    speaker: str
    dialogue: str
    channel: int | None
    start: float | None
    end: float | None
    transcript: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class StimulusSheet:
    """The rows that could be read and everything that is wrong with the file."""

    file: str
    rows: tuple[StimulusRow, ...]
    faults: tuple[Fault, ...]


class _CellError(Exception):
    def __init__(self, what: str, mend: str) -> None:
        self.what, self.mend = what, mend


def read_stimuli(csv_path: Path) -> StimulusSheet:
    """Read the file whole. Sounds are not opened; that each lies inside the CSV's folder is checked."""
    table = read_table(csv_path, required=REQUIRED)
    readers = _readers(csv_path.parent.resolve())
    rows = [row for row in (_read_row(table, row, readers) for row in table.rows) if row]
    _check_ids(table)
    if not table.rows and not table.faults:
        table.fault(0, "", "there are no stimuli in it", "Add a row for each clip and context")
    return StimulusSheet(table.file, tuple(rows), tuple(table.faults))


def _readers(folder: Path) -> dict[str, Callable[[str], Any]]:
    return {
        "stimulus": _stimulus,
        "path": lambda text: _inside(folder, text),
        "role": _role,
        "token": _text(80),
        "speaker": _text(80),
        "dialogue": _text(120),
        "channel": _channel,
        "start": _seconds,
        "end": _seconds,
        "transcript": str,
    }


def _read_row(table: Table, row: Row, readers: dict[str, Callable[[str], Any]]) -> StimulusRow | None:
    values: dict[str, Any] = {}
    for column, read in readers.items():
        if column in REQUIRED and column not in row.cells:
            continue  # said once, of the header
        try:
            values[column] = read(row.cells.get(column, ""))
        except _CellError as error:
            table.fault(row.line, column, error.what, error.mend)
    start, end = values.get("start"), values.get("end")
    if start is not None and end is not None and end <= start:
        table.fault(row.line, "end", f"the end, {end:g} s, is not after the start, {start:g} s", "Correct one of them")
    if len(values) < len(readers):
        return None
    attributes = {name: text for name, text in row.cells.items() if name not in readers and text}
    values |= {"file": values["path"], "path": row.cells["path"]}
    return StimulusRow(line=row.line, attributes=attributes, **values)


def _check_ids(table: Table) -> None:
    first: dict[str, int] = {}
    for row in table.rows:
        key = row.cells.get("stimulus", "")
        if key and first.setdefault(key, row.line) != row.line:
            what = f"{key!r} is the id of line {first[key]} already"
            table.fault(row.line, "stimulus", what, "Give each stimulus an id of its own")


def _stimulus(text: str) -> str:
    if not text:
        raise _CellError("the id is empty", "Give each stimulus an id of its own")
    if len(text.split()) > 1 or not text.isprintable():
        raise _CellError(
            f"the id {text!r} has a space in it", "Use ids without spaces; trials.csv lists them by spaces"
        )
    return _text(120)(text)


def _inside(folder: Path, text: str) -> Path:
    if not text:
        raise _CellError("the path is empty", "Name the audio file, relative to the CSV's folder")
    if Path(text).is_absolute() or PureWindowsPath(text).drive:
        raise _CellError(f"{text!r} is an absolute path", "Give it relative to the CSV's folder")
    try:
        place = (folder / _text(500)(text)).resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise _CellError(f"{text!r} leads nowhere ({error})", "Correct the path") from error
    if not place.is_relative_to(folder):
        raise _CellError(f"{text!r} leads outside the CSV's folder", "Put the file into it; links do not help")
    if "\\" in text and not place.exists():
        raise _CellError(f"there is no file {text!r}", "Write / between folders")
    return place


def _role(text: str) -> str:
    if text not in StimulusRole.values:
        what = f"the role is {text!r}" if text else "the role is empty"
        raise _CellError(what, "Write " + " or ".join(StimulusRole.values))
    return text


def _channel(text: str) -> int | None:
    try:
        return parse_channel(text)
    except ValueError:
        mend = "Leave it empty, or give a number from 1, or A, B, L, R"
        raise _CellError(f"{text!r} names no channel", mend) from None


def _seconds(text: str) -> float | None:
    if not text:
        return None
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise _CellError(f"{text!r} is not a number", "Give seconds, such as 12.35")
    if value < 0:
        raise _CellError(f"{text} s is before the dialogue begins", "Give seconds from its beginning")
    return value + 0.0  # -0 becomes 0


def _text(longest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > longest:
            raise _CellError(f"{len(text)} characters are too many", f"Use {longest} at most")
        return text

    return read
