"""A table as a file: CSV, JSON or Parquet. All three hold the same values, and `import_responses` reads each back.

In JSON a row is an object on a line of its own, so that line numbers are those of the CSV file. In Parquet a column
of whole numbers, numbers, yes or no, or moments (UTC) has that type; every other one is text (also one of numbers too
large for their type), numbers in it as the CSV file writes them. Missing values are empty cells, null, and null.
"""

import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from analysis.export.cells import Cell, instant, number
from analysis.export.table import Table

FORMATS = ("csv", "json", "parquet")
EXACT = 2**53
"""Below it every whole number is a float too."""


def file_name(table: Table, form: str) -> str:
    """Return the name of a table's file in a format."""
    return f"{table.name.removesuffix('.csv')}.{form}"


def file_bytes(table: Table, form: str) -> bytes:
    """Return the content of a table's file in a format; the same rows give the same bytes."""
    if form == "json":
        return _json(table).encode()
    if form == "parquet":
        return _parquet(table)
    return table.text.encode()


def plain(value: Cell) -> str:
    """Return a value as the text that its CSV cell stands for; a missing one is empty.

    >>> plain(None), plain(True), plain(2.0), plain("=1")
    ('', '1', '2', '=1')
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return str(int(value))
    return instant(value) if isinstance(value, datetime) else number(value)


def _json(table: Table) -> str:
    names = list(table.columns)
    lines = [
        json.dumps(dict(zip(names, map(_json_value, row), strict=True)), ensure_ascii=False, allow_nan=False)
        for row in table.rows
    ]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def _json_value(value: Cell) -> Any:
    return instant(value) if isinstance(value, datetime) else None if value == "" else value


def _parquet(table: Table) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    arrays = [_array([None if value == "" else value for value in column]) for column in columns]
    fields = [
        pa.field(name, array.type, metadata={"description": meaning})
        for (name, meaning), array in zip(table.columns.items(), arrays, strict=True)
    ]
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), out)
    return out.getvalue()


def _below(values: Sequence[Cell], limit: int) -> bool:
    return all(value is None or -limit < int(value) < limit for value in values)  # type: ignore[arg-type]


def _array(values: Sequence[Cell]) -> Any:
    import pyarrow as pa

    there = {type(value) for value in values if value is not None}
    if there == {bool}:
        return pa.array(values, pa.bool_())
    if there == {int} and _below(values, 2**63):
        return pa.array(values, pa.int64())
    if there and there <= {int, float} and _below([each for each in values if isinstance(each, int)], EXACT):
        return pa.array(values, pa.float64())
    if there == {datetime}:
        return pa.array(values, pa.timestamp("us", tz="UTC"))
    return pa.array([None if value is None else plain(value) for value in values], pa.string())
