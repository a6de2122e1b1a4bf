"""Judgements from a file of triplets that another tool wrote: "the anchor is more like near than like far"."""

import hashlib
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.imports.judged import JudgedTriads
from analysis.imports.rows import CsvRow, read_rows
from corpus.errors import Fault, ImportFaultsError

COLUMNS = (("anchor", "near", "far"), ("head", "winner", "loser"))
ASKED = ("Center", "Left", "Right", "Answer")
ANSWERS = {"participant", "trial", "question", "value"}


def read_triplet_file(path: Path) -> JudgedTriads:
    """Return the triplets of a CSV, JSON or Parquet file, told by its name: its cells are the clips' keys.

    Columns `anchor, near, far` (cblearn), `head, winner, loser`, or `Center, Left, Right, Answer` (NEXT, Salmon);
    others are passed over. Rows in which a clip stands twice say nothing about a map; they are left out and counted
    in `source`. Raises `ImportFaultsError` with every fault, and `AnalysisError` for a file of something else.
    """
    file = read_rows(path, required=())
    columns = _columns(path, set(file.columns))
    found = [(row, _triplet(row, columns)) for row in file.rows]
    faults = [*file.faults, *(_fault(path, row, columns) for row, triplet in found if triplet is None)]
    if faults:
        raise ImportFaultsError(sorted(faults, key=lambda fault: fault.line))
    triplets = [triplet for _, triplet in found if triplet is not None and len(set(triplet)) == 3]
    if not triplets:
        raise AnalysisError(f"{path} holds no triplet of three different clips. Give a file with a row for each.")
    keys = sorted({key for triplet in triplets for key in triplet})
    number = {key: place for place, key in enumerate(keys)}
    source = {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "left_out": len(found) - len(triplets),
    }
    rows = [(number[anchor], number[near], number[far]) for anchor, near, far in triplets]
    return JudgedTriads(keys, {}, rows, anchored=True, source=source)


def _columns(path: Path, there: set[str]) -> tuple[str, ...]:
    for columns in (*COLUMNS, ASKED):
        if set(columns) <= there:
            return columns
    if there >= ANSWERS:
        raise AnalysisError(
            f"{path} holds answers, which only a study gives a meaning. Import them, then give the study's slug: "
            "manage.py import_responses STUDY FILE, manage.py fit_people STUDY"
        )
    wanted = "; ".join(", ".join(columns) for columns in (*COLUMNS, ASKED))
    raise AnalysisError(f"{path} has none of these sets of columns: {wanted}. Name the columns so.")


def _triplet(row: CsvRow, columns: tuple[str, ...]) -> tuple[str, str, str] | None:
    """Return anchor, near and far of a row; None where it is no answer."""
    cells = [row[name].strip() for name in columns]
    anchor, near, far = cells[:3]
    if columns == ASKED and cells[3] == far:
        near, far = far, near
    if "" in cells or (columns == ASKED and cells[3] != near):
        return None
    return anchor, near, far


def _fault(path: Path, row: CsvRow, columns: tuple[str, ...]) -> Fault:
    cells = ", ".join(row[name].strip() for name in columns)
    return Fault(str(path), row.line, "", f"{cells} is no answer", "Mend or remove it.")
