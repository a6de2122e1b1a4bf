"""Cells of a CSV file: numbers that come back exactly, and text that no spreadsheet runs as a formula.

A text that begins with one of ``= + - @ '``, a tab or a line break, and is no plain number, gets an apostrophe in
front (OWASP: CSV injection). Reading takes one away again where it stands before such a character, so that every
text comes back as it was.

>>> harmless("=1+1"), original(harmless("=1+1")), harmless("-0.5"), original("'tis")
("'=1+1", '=1+1', '-0.5', "'tis")
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

Cell = str | int | float | datetime | bool | None

_RISKY = ("=", "+", "-", "@", "'", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def harmless(text: str) -> str:
    """Return the text as a cell that a spreadsheet shows instead of running it."""
    return f"'{text}" if text.startswith(_RISKY) and not _NUMBER.fullmatch(text) else text


def original(cell: str) -> str:
    """Return the text that `harmless` made the cell from."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_RISKY) else cell


def number(value: float) -> str:
    """Return the shortest digits that read back as the same number; whole numbers without a point.

    >>> number(3.0), number(0.1), number(1e-7)
    ('3', '0.1', '1e-07')
    """
    return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))


def instant(moment: datetime) -> str:
    """Return ISO 8601 in UTC, such as 2026-03-01T12:00:00.250000Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def cell(value: Cell) -> str:
    """Return a value as the text of its cell; None is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, int | float):
        return number(value)
    return harmless(value)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as RFC 4180 text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()
