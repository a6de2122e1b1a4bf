"""The rows of a CSV, JSON or Parquet file with their line numbers, or what is wrong with the file as a whole."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analysis.export.cells import original
from analysis.export.formats import plain
from analysis.imports.records import Record, json_records, parquet_records
from corpus.errors import Fault, ImportFaultsError

READERS: dict[str, Callable[[Path], list[Record]]] = {".json": json_records, ".parquet": parquet_records}


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One record: the line it begins on (the header is line 1) and its cells by column, as they were meant."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file that could be read: its columns in order, its whole rows, and the faults of the others."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[CsvRow, ...]
    faults: tuple[Fault, ...]


def read_rows(path: Path, *, required: tuple[str, ...]) -> CsvFile:
    """Read a file; raise `ImportFaultsError` where no row of it can be understood.

    JSON and Parquet, told by the file's name, are as `export_agreement` writes them; their rows count from line 2.
    """
    if path.suffix in READERS:
        return _of_records(path, required)
    return _csv_rows(path, required)


def _of_records(path: Path, required: tuple[str, ...]) -> CsvFile:
    name = str(path)
    try:
        records = READERS[path.suffix](path)
    except OSError as error:
        mend = "Give the path of a file that can be read."
        raise ImportFaultsError([Fault(name, 0, "", error.strerror or str(error), mend)]) from error
    except ValueError as error:
        mend = "Give a list of objects (JSON) or a table (Parquet), as export_agreement writes them, or a CSV file."
        raise ImportFaultsError([Fault(name, 0, "", f"cannot be read: {error}", mend)]) from error
    columns = tuple(dict.fromkeys(column for record in records for column in record))
    faults = _header_faults(name, columns, required)
    if faults:
        raise ImportFaultsError(faults)
    rows = [
        CsvRow(line, {column: plain(value) for column, value in record.items()})
        for line, record in enumerate(records, start=2)
    ]
    return CsvFile(name, columns, tuple(rows), ())


def _csv_rows(path: Path, required: tuple[str, ...]) -> CsvFile:
    try:
        content = path.read_bytes()
    except OSError as error:
        mend = "Give the path of a file that can be read."
        raise ImportFaultsError([Fault(str(path), 0, "", error.strerror or "cannot be read", mend)]) from error
    return read_csv_text(str(path), content, required=required)


def read_csv_text(name: str, content: bytes, *, required: tuple[str, ...]) -> CsvFile:
    """Read the bytes of a CSV; `name` stands in faults. Raise `ImportFaultsError` where no row can be understood."""
    try:
        records = _records(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        what = f"byte {error.start} is not UTF-8"
        raise ImportFaultsError([Fault(name, 0, "", what, "Save the file as CSV in UTF-8.")]) from error
    except csv.Error as error:
        raise ImportFaultsError([Fault(name, 0, "", f"no CSV: {error}", "Save the file as CSV in UTF-8.")]) from error
    columns = tuple(records[0][1]) if records else ()
    faults = _header_faults(name, columns, required)
    if faults:
        raise ImportFaultsError(faults)
    return _checked(name, columns, records[1:])


def _records(text: str) -> list[tuple[int, list[str]]]:
    """Return every record that is not blank, with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records, begins = [], 1
    for record in reader:
        if record:
            records.append((begins, record))
        begins = reader.line_num + 1
    return records


def _header_faults(name: str, columns: tuple[str, ...], required: tuple[str, ...]) -> list[Fault]:
    missing = [column for column in required if column not in columns]
    twice = [column for column, count in Counter(columns).items() if count > 1]
    faults = [Fault(name, 1, column, "the column is missing", "Add it to the header.") for column in missing]
    return faults + [Fault(name, 1, column, "the column is there twice", "Rename or remove one.") for column in twice]


def _checked(name: str, columns: tuple[str, ...], records: list[tuple[int, list[str]]]) -> CsvFile:
    rows, faults = [], []
    for line, record in records:
        if len(record) == len(columns):
            cells = dict(zip(columns, map(original, record), strict=True))
            rows.append(CsvRow(line, cells))
        else:
            what = f"{len(record)} cells under {len(columns)} columns"
            faults.append(Fault(name, line, "", what, "Quote cells that hold commas; fill the row up with commas."))
    return CsvFile(name, columns, tuple(rows), tuple(faults))
