"""Curves of a training run as shapes that a template draws as SVG: no script, no style in the page."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 12, 32
TICKS = 4


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, in units of the picture, and what it says."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line: its points as SVG takes them, and its last value."""

    split: str
    points: str
    x: float
    y: float
    last: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A picture with one line for each part of the data, in words too."""

    name: str
    lines: Sequence[Drawn]
    across: Sequence[Tick]
    up: Sequence[Tick]
    words: str
    table: Sequence[tuple[int, Sequence[str]]]
    splits: Sequence[str]
    over: str = "step"

    width = WIDTH
    height = HEIGHT
    left = LEFT
    right = WIDTH - RIGHT
    bottom = HEIGHT - BOTTOM


def curve_of(name: str, lines: Mapping[str, Sequence[tuple[int, float]]], total: int, *, over: str = "step") -> Curve:
    """Return the picture of lines of (step, value), the axis reaching to `total` steps.

    `over`: what is numbered, where it is not steps; the axis then ends with the last point. Values that are not finite
    are left out.
    """
    finite = {split: [(s, v) for s, v in points if math.isfinite(v)] for split, points in lines.items()}
    finite = {split: points for split, points in finite.items() if points}
    values = [value for points in finite.values() for _, value in points] or [0.0]
    end = max([total if over == "step" else 0, *(points[-1][0] for points in finite.values()), 1])
    low, high, marks = scale(min(values), max(values))

    def across(step: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * step / end, 1)

    def up(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / (high - low), 1)

    drawn = [
        Drawn(
            split,
            " ".join(f"{across(step)},{up(value)}" for step, value in points),
            across(points[-1][0]),
            up(points[-1][1]),
            f"{points[-1][1]:.3g}",
        )
        for split, points in finite.items()
    ]
    words = ", ".join(f"{split} {points[-1][1]:.3g} {_place(over, points[-1][0])}" for split, points in finite.items())
    return Curve(
        name=name,
        lines=drawn,
        across=[Tick(across(mark), f"{round(mark):,}") for mark in _marks(end)],
        up=[Tick(up(mark), f"{mark:g}") for mark in marks],
        words=f"{name}: {words or 'no point yet'}",
        table=_rows(finite),
        splits=list(finite),
        over=over,
    )


def _place(over: str, step: int) -> str:
    return f"after step {step}" if over == "step" else f"at {over} {step}"


def _marks(end: int) -> list[float]:
    """Return where the axis is marked: at every whole number of few, else in quarters.

    >>> _marks(3), _marks(100)
    ([0.0, 1.0, 2.0, 3.0], [0.0, 25.0, 50.0, 75.0, 100.0])
    """
    parts = min(end, TICKS)
    return [end * part / parts for part in range(parts + 1)]


def scale(low: float, high: float) -> tuple[float, float, list[float]]:
    """Return the ends of an axis around values and its marks, at round numbers.

    >>> scale(1.9, 8.3)
    (0.0, 10.0, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0])
    >>> scale(2.0, 2.0)[0] < 2.0 < scale(2.0, 2.0)[1]
    True
    """
    if high - low < 1e-12 * max(abs(high), 1e-12):
        low, high = low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
    rough = (high - low) / TICKS
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * unit for factor in (1, 2, 5, 10) if factor * unit >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    marks = [float(f"{number * step:.12g}") for number in range(first, last + 1)]
    return marks[0], marks[-1], marks


def _rows(lines: Mapping[str, Sequence[tuple[int, float]]], most: int = 20) -> list[tuple[int, list[str]]]:
    """Return about `most` steps at which the sparsest line has a point, with every line's value there."""
    if not lines:
        return []
    steps = [step for step, _ in min(lines.values(), key=len)]
    chosen = steps[:: max(1, math.ceil(len(steps) / most))]
    chosen += [steps[-1]] if chosen[-1] != steps[-1] else []
    known = {split: dict(points) for split, points in lines.items()}
    return [(s, [f"{known[split][s]:.4g}" if s in known[split] else "" for split in lines]) for s in chosen]
