"""Judgements from a CSV of triplets that another tool wrote: "the anchor is more like near than like far"."""

import csv
import hashlib
import io
from pathlib import Path

import numpy as np

from modeling.ml.judgements.errors import JudgementsError
from modeling.ml.judgements.frozen import Frozen, frozen_of
from modeling.ml.ordinal.judged import Judged

COLUMNS = (("anchor", "near", "far"), ("head", "winner", "loser"))
ASKED = ("Center", "Left", "Right", "Answer")


def read_triplets(path: Path) -> Frozen:
    """Return the triplets of a CSV: its cells are the clips' keys.

    Columns `anchor, near, far` (cblearn), `head, winner, loser`, or `Center, Left, Right, Answer` (NEXT, Salmon);
    others are passed over. Rows in which a clip stands twice say nothing about the map; they are left out and counted
    in `source`. Raises `JudgementsError` naming the line of what cannot be.
    """
    try:
        content = path.read_bytes()
        lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        columns = _columns(path, lines.fieldnames or [])
        rows = [_triplet(path, lines.line_num, row, columns) for row in lines]
    except OSError as error:
        raise JudgementsError(f"{path} cannot be read: {error.strerror}.", "Give an export or a CSV.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise JudgementsError(f"{path} is no CSV in UTF-8: {error}.", "Save it as UTF-8 CSV.") from error
    triplets = [row for row in rows if len(set(row)) == 3]
    if not triplets:
        raise JudgementsError(f"{path} holds no triplet of three different clips.", "Give a file with a row for each.")
    keys = sorted({key for triplet in triplets for key in triplet})
    number = {key: place for place, key in enumerate(keys)}
    items = [[number[key] for key in triplet] for triplet in triplets]
    source = {"file": path.name, "sha256": hashlib.sha256(content).hexdigest(), "left_out": len(rows) - len(triplets)}
    return frozen_of(keys, {}, Judged.of(items, np.full(len(items), 2), anchored=True), source)


def _columns(path: Path, names: object) -> tuple[str, ...]:
    there = set(names) if isinstance(names, list) else set()
    for columns in (*COLUMNS, ASKED):
        if set(columns) <= there:
            return columns
    wanted = "; ".join(", ".join(columns) for columns in (*COLUMNS, ASKED))
    raise JudgementsError(f"{path} has none of these sets of columns: {wanted}.", "Name the columns so.")


def _triplet(path: Path, line: int, row: dict[str, str], columns: tuple[str, ...]) -> tuple[str, str, str]:
    """Return anchor, near and far of a row."""
    cells = [(row[name] or "").strip() for name in columns]
    anchor, near, far = cells[:3]
    if columns == ASKED and cells[3] == far:
        near, far = far, near
    if "" in cells or (columns == ASKED and cells[3] != near):
        raise JudgementsError(f"{path}, line {line}: {', '.join(cells)} is no answer.", "Mend or remove it.")
    return anchor, near, far
