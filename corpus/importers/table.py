"""Read a CSV file whole: UTF-8 with a header, RFC 4180; every fault with its line."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import Fault


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line that it begins on (the header is line 1) and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass(slots=True)
class Table:
    """A CSV file; `faults` says what is wrong with it, `rows` holds what could be read all the same."""

    file: str
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, line: int, column: str, what: str, mend: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(self.file, line, column, what, mend))


def read_table(path: Path, *, required: Sequence[str]) -> Table:
    """Read the CSV file at `path`, whose header must name the `required` columns.

    Cells come as they are, without the spaces around them; lines that are wholly empty are passed over.
    """
    table = Table(str(path))
    lines = _lines(table, _text(table, path))
    header = next(lines, None)
    if header is None:
        if not table.faults:
            table.fault(0, "", "the file is empty", "Give a header line with " + ", ".join(required))
        return table
    _check_header(table, header, required)
    for line, cells in lines:
        _add_row(table, line, cells)
    _drop_unnamed_columns(table)
    return table


def _text(table: Table, path: Path) -> str:
    """Decode the file. Lines that are not UTF-8 are faults; the rest is read on, so that its faults are told too."""
    try:
        content = path.read_bytes()
    except OSError as error:
        table.fault(0, "", f"cannot be opened ({error.strerror})", "Check the path and your right to read it")
        return ""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        table.fault(0, "", "this is UTF-16", "Save the file as UTF-8")
        return ""
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            what = f"byte {error.start + 1} of the line is not UTF-8"
            table.fault(number, "", what, "Save the file as UTF-8 (it looks like Latin-1 or Windows-1252)")
        if b"\0" in line:
            table.fault(number, "", "there is a NUL character in it", "Remove it")
    return content.decode("utf-8-sig", errors="replace")


def _lines(table: Table, text: str) -> Iterator[tuple[int, list[str]]]:
    """Give each record with the line it begins on; stop where quotes no longer say where one ends."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            mend = 'Close quoted cells with one " and double those inside; nothing after this line was read'
            table.fault(line, "", f"the line cannot be read ({error})", mend)
            return
        if cells is None:
            return
        if cells:
            yield line, [cell.strip() for cell in cells]


def _check_header(table: Table, header: tuple[int, list[str]], required: Sequence[str]) -> None:
    line, names = header
    table.columns = tuple(names)
    for name in dict.fromkeys(names):
        if name and names.count(name) > 1:
            table.fault(line, name, "the header names this column twice", "Rename or remove one of them")
    separator = next((mark for mark in ";\t|" if len(names) == 1 and mark in names[0]), None)
    for name in required:
        if name not in names:
            spelt = next((other for other in names if other.lower() == name), None)
            mend = f"Rename {spelt!r} to {name!r}" if spelt else "Add it to the header"
            if separator:
                mend = f"Separate the columns with commas; this file seems to use {separator!r}"
            table.fault(line, name, "this column is missing", mend)


def _add_row(table: Table, line: int, cells: list[str]) -> None:
    wanted = len(table.columns)
    if len(cells) == wanted:
        table.rows.append(Row(line, dict(zip(table.columns, cells, strict=True))))
    elif any(cells):
        mend = "Give every column, empty where unknown" if len(cells) < wanted else "Quote cells that hold a comma"
        table.fault(line, "", f"the row has {len(cells)} cells and the header {wanted}", mend)


def _drop_unnamed_columns(table: Table) -> None:
    """Spreadsheets leave empty columns at the right; one without a name but with content is a fault."""
    for row in table.rows:
        if row.cells.pop("", ""):
            table.fault(row.line, "", "a cell has no column name above it", "Name its column in the header")
    table.columns = tuple(name for name in table.columns if name)
