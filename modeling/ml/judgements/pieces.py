"""Long computations as pieces that are kept: one that was stopped or killed goes on with the first it lacks."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from modeling.ml.errors import TrainingError
from modeling.ml.joint.files import write_json

Piece = dict[str, Any]


class Listener(Protocol):
    """Who is told how it goes and may stop it."""

    def at(self, *, step: int, total: int) -> None:
        """Take in that so many pieces are done."""

    def saved(self, step: int) -> None:
        """Take in that they are on disk."""

    def point(self, step: int, split: str, name: str, value: float) -> None:
        """Take in a point of a curve."""

    def stop(self) -> bool:
        """Tell whether to stop after the piece at hand."""


def all_pieces(
    jobs: Mapping[str, Callable[[], Piece]], *, folder: Path, of: str, total: int, listener: Listener
) -> list[Piece] | None:
    """Return what every job gives, in their order; None where the listener stops it before the last.

    Each is kept as a JSON file in `folder`, written whole, with `of`: the digest of the run. Raises `TrainingError` for
    a piece of another run, or one that cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pieces: list[Piece] = []
    for step, (name, job) in enumerate(jobs.items(), start=1):
        path = folder / f"{name}.json"
        if path.is_file():
            pieces.append(_kept(path, of))
            continue
        if listener.stop():
            return None
        pieces.append(job())
        listener.stop()  # raises where another worker has taken over meanwhile: the file is that one's to write
        write_json(path, {"of": of, "piece": pieces[-1]})
        listener.at(step=step, total=total)
        listener.saved(step)
    return pieces


def _kept(path: Path, of: str) -> Piece:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} cannot be read: {error}.", "Remove it and go on: it is computed again.") from error
    if told.get("of") != of:
        raise TrainingError(f"{path} belongs to another run.", "Remove it and go on: it is computed again.")
    piece: Piece = told["piece"]
    return piece
