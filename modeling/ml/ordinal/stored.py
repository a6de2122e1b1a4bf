"""A map on disk: `coordinates.csv`, a clip a row, and its card."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from modeling.ml.judgements import cards
from modeling.ml.ordinal.judged import Floats

FORMAT = "bcstudy map of judgements 1"
FILE = "coordinates.csv"


def save_map(folder: Path, clips: Sequence[str], positions: Floats, card: Mapping[str, Any]) -> None:
    """Write positions (n, d) of n clips, with a card."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["stimulus", *(f"d{axis + 1}" for axis in range(positions.shape[1]))])
    writer.writerows([clip, *map(repr, row.tolist())] for clip, row in zip(clips, positions, strict=True))
    cards.save(folder, kind=FORMAT, name=FILE, content=out.getvalue().encode(), card=card)


def load_map(folder: Path) -> tuple[tuple[str, ...], Floats, dict[str, Any]]:
    """Return clips, positions (n, d) and card. Raises `TrainingError` for files that are not those written."""
    content, card = cards.load(folder, kind=FORMAT)
    _, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    positions = np.asarray([[float(cell) for cell in row[1:]] for row in rows], dtype=np.float64)
    return tuple(row[0] for row in rows), positions, card
