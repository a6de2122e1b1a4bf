"""Tables as CSV, JSON and Parquet say the same; the layout of Psych-DS; files that cannot be read are refused."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.export.cells import original
from analysis.export.formats import file_bytes, file_name, plain
from analysis.export.table import Table
from analysis.imports.records import json_records, parquet_records
from analysis.services.export import Shape, export_agreement
from analysis.services.import_responses import import_responses
from corpus.errors import ImportFaultsError
from tests.analysis.rows import Built

WHEN = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
TABLE = Table(
    "things.csv",
    {"key": "name", "n": "count", "share": "of all", "yes": "or no", "at": "when", "value": "of any kind"},
    [["=a, b", 1, 0.1, True, WHEN, "clip"], ["", 2, 1, False, None, 3.5], ["å\n", None, None, None, WHEN, None]],
)


def texts(rows: list[dict[str, Any]]) -> list[list[str]]:
    return [[plain(value) for value in row.values()] for row in rows]


def read(form: str, folder: Path) -> list[dict[str, Any]]:
    path = folder / file_name(TABLE, form)
    path.write_bytes(file_bytes(TABLE, form))
    if form == "csv":
        rows = csv.DictReader(io.StringIO(path.read_bytes().decode(), newline=""))
        return [{name: original(cell) for name, cell in row.items()} for row in rows]
    return {"json": json_records, "parquet": parquet_records}[form](path)


def test_all_formats_say_the_same(tmp_path: Path) -> None:
    expected = [[plain(value) for value in row] for row in TABLE.rows]
    assert [texts(read(form, tmp_path)) for form in ("csv", "json", "parquet")] == [expected] * 3
    assert file_bytes(TABLE, "parquet") == file_bytes(TABLE, "parquet")


def test_parquet_has_types_and_the_codebook(tmp_path: Path) -> None:
    read("parquet", tmp_path)
    schema = pq.read_schema(tmp_path / "things.parquet")
    assert [str(kind) for kind in schema.types] == [
        "string",
        "int64",
        "double",
        "bool",
        "timestamp[us, tz=UTC]",
        "string",
    ]
    assert schema.field("share").metadata[b"description"] == b"of all"


def test_json_rows_stand_on_the_lines_of_the_csv_file(tmp_path: Path) -> None:
    lines = file_bytes(TABLE, "json").decode().splitlines()
    assert json.loads(lines[2].rstrip(","))["n"] == 2
    assert file_bytes(Table("none.csv", {"a": ""}, []), "json") == b"[]\n"
    assert pq.read_table(io.BytesIO(file_bytes(Table("none.csv", {"a": ""}, []), "parquet"))).num_rows == 0


NUMBERS = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))


@given(st.one_of(st.lists(NUMBERS), st.lists(st.one_of(st.none(), st.text(), NUMBERS))))
def test_any_cells_come_back(cells: list[Any]) -> None:
    table = Table("any.csv", {"cell": ""}, [[each] for each in cells])
    found = pq.read_table(io.BytesIO(file_bytes(table, "parquet"))).column("cell").to_pylist()
    assert [plain(each) for each in found] == [plain(each) for each in cells]


@pytest.mark.data_layer
@pytest.mark.django_db
def test_the_layout_of_psych_ds(answered: Callable[..., Built], tmp_path: Path) -> None:
    study = answered()
    folder = tmp_path / "out"
    for _ in range(2):  # an earlier one is replaced
        call_command("export_agreement", study.slug, output=folder, bootstrap=50, layout="psych-ds")
    assert {path.name for path in folder.iterdir()} == {"dataset_description.json", "data", "results", "manifest.json"}
    described = json.loads((folder / "dataset_description.json").read_text())
    assert (described["@context"], described["@type"]) == ("https://schema.org", "Dataset")
    assert described["name"]
    assert described["description"]
    measured = [one["name"] for one in described["variableMeasured"]]
    assert len(measured) == len(set(measured))
    assert all(one["@type"] == "PropertyValue" and one["description"] for one in described["variableMeasured"])
    files = sorted((folder / "data").iterdir())
    assert len(files) == 10
    columns = set()
    for path in files:
        assert re.fullmatch(r"([a-z]+-[a-zA-Z0-9]+)(_[a-z]+-[a-zA-Z0-9]+)*_data\.csv", path.name)
        columns |= set(next(csv.reader(io.StringIO(path.read_text(), newline=""))))
    assert columns == set(measured)
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(json.loads((folder / "manifest.json").read_text())["files"]) == written - {"manifest.json"}


@pytest.mark.django_db
@pytest.mark.parametrize("shape", [Shape("xlsx"), Shape("csv", "bids"), Shape("json", "psych-ds")])
def test_what_cannot_be_written_is_refused(answered: Callable[..., Built], tmp_path: Path, shape: Shape) -> None:
    with pytest.raises(AnalysisError):
        export_agreement(study_slug=answered().slug, output=tmp_path / "out", shape=shape)
    assert not (tmp_path / "out").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", b"{", "cannot be read"),
        ("a.json", b'{"participant": "p"}', "no list of objects"),
        ("a.json", b'[{"participant": ["p"]}]', "object 1 holds a list under 'participant'"),
        ("a.json", b'[{"participant": "p"}]', "the column is missing"),
        ("a.json", b"[]", "the column is missing"),
        ("a.json", b"\xff", "cannot be read"),
        ("a.parquet", b"PAR1", "cannot be read"),
        ("none.json", None, "No such file"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    answered: Callable[..., Built], tmp_path: Path, name: str, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportFaultsError, match=re.escape(told)):
        import_responses(study_slug=answered().slug, path=tmp_path / name)


def test_a_parquet_file_of_others_with_lists_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"participant": [[1]]}), tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="row 1 holds a list under 'participant'"):
        parquet_records(tmp_path / "a.parquet")
