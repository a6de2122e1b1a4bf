"""Many runs of stage 2, one for each combination of settings, and the table at the end."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from modeling.ml.joint import checkpoint
from modeling.ml.joint.items import Items
from modeling.ml.joint.settings import Excluded, JointSettings
from modeling.ml.joint.training import Watch, train


@dataclass(frozen=True)
class Grid:
    """What is varied. `contexts`: parts by (modality, turns), as {("audio+text", 5): ("audio", "text_5")}."""

    contexts: Mapping[tuple[str, int], tuple[str, ...]]
    dimensions: Sequence[int] = (256,)
    batches: Sequence[int] = (4096,)
    depths: Sequence[int] = (1,)
    excluded: Sequence[Excluded] = ("none",)
    seeds: Sequence[int] = (0,)

    def cells(self, base: JointSettings) -> Iterator[tuple[dict[str, Any], JointSettings]]:
        """Yield what tells each run from the others, and its settings."""
        names = ("dimension", "batch", "depth", "excluded", "seed")
        for context, *values in itertools.product(
            self.contexts.items(), self.dimensions, self.batches, self.depths, self.excluded, self.seeds
        ):
            (modality, turns), parts = context
            varied: dict[str, Any] = dict(zip(names, values, strict=True))
            yield {"modality": modality, "turns": turns} | varied, replace(base, context=parts, **varied)


def sweep(
    items: Items,
    grid: Grid,
    base: JointSettings,
    folder: Path,
    *,
    watch: Watch | None = None,
    begun: Callable[[int, int, Mapping[str, Any]], None] = lambda *_: None,
) -> list[dict[str, Any]]:
    """Train every cell of the grid into a folder of its own and return a row for each, best epoch's figures included.

    Runs that are finished are not trained again and one that was broken off goes on, so that a sweep can be repeated
    until it is through. `begun(number, of, cell)` is told of each. Stops after a cancelled run, without its row.
    """
    rows: list[dict[str, Any]] = []
    cells = list(grid.cells(base))
    for number, (cell, settings) in enumerate(cells, start=1):
        begun(number, len(cells), cell)
        outcome = train(items, settings, folder / cell_name(cell), resume=True, watch=watch)
        if outcome.ended == "cancelled":
            break
        rows.append(row(cell, outcome.card))
    return rows


def cell_name(cell: Mapping[str, Any]) -> str:
    """Return the name of a cell's folder."""
    return "-".join(f"{name}_{value}" for name, value in cell.items())


def row(cell: Mapping[str, Any], card: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line of the table: the cell, the best epoch, and its figures on the validation pool."""
    best = next(point for point in card["points"] if point["epoch"] == card["best_epoch"])
    return {**cell, "best_epoch": card["best_epoch"], "pool": card["data"]["pool"], **best["figures"]}


def finished_rows(grid: Grid, base: JointSettings, folder: Path) -> list[dict[str, Any]]:
    """Return the rows of the cells that have a checkpoint already, finished or not, without training anything."""
    return [
        row(cell, checkpoint.read_card(folder / cell_name(cell)))
        for cell, _ in grid.cells(base)
        if checkpoint.exists(folder / cell_name(cell))
    ]
