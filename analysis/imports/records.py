"""Rows of JSON and Parquet files as `export_agreement` writes them."""

import json
from pathlib import Path

from analysis.export.cells import Cell

Record = dict[str, Cell]


def json_records(path: Path) -> list[Record]:
    """Return the objects of a JSON list; raise `ValueError` where it is none, `OSError` where it cannot be opened."""
    found = json.loads(path.read_bytes().decode("utf-8-sig"))
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise ValueError("it is no list of objects")
    return _single(found, "object")


def parquet_records(path: Path) -> list[Record]:
    """Return the rows of a Parquet file; raise `ValueError` where it is none, `OSError` where it cannot be opened."""
    from pyarrow import ArrowException, parquet

    with path.open("rb") as file:
        try:
            rows: list[Record] = parquet.read_table(file).to_pylist()
        except ArrowException as error:
            raise ValueError(str(error)) from error
    return _single(rows, "row")


def _single(records: list[Record], word: str) -> list[Record]:
    for number, record in enumerate(records, start=1):
        for name, value in record.items():
            if isinstance(value, list | dict):
                raise ValueError(f"{word} {number} holds a {type(value).__name__} under {name!r}, not one value")
    return records
