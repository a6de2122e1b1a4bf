"""The picture of listeners as shapes that a template draws as SVG: competence against agreement with the others.

Without triads, ratings stand in: correlation with the others' means against how much of the scale is used.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from analysis.listeners.quality import Quality
from analysis.report.curves import Tick
from analysis.report.numbers import counted, plain
from analysis.stats.ceilings import CHANCE_OF_A_TRIAD

WIDTH, HEIGHT = 640, 440
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 20, 52
MARGIN = 0.03
"""Room around the values, as a share of the axis, so that dots on an end are whole."""
CLOSE, STEP, MOST_SPREAD = 5.0, 7.0, 42.0
"""Dots nearer than this hide each other. They stand side by side, so far apart, and together no wider than this."""


@dataclass(frozen=True, slots=True)
class Axis:
    """What is along one side: its name, ends and marks, and what guessing gives, where that is one number."""

    name: str
    low: float
    high: float
    marks: tuple[float, ...]
    guessing: float | None


@dataclass(frozen=True, slots=True)
class Kind:
    """What a picture is of: two axes, the two values of a listener, and the ends of the interval of the second."""

    across: Axis
    up: Axis
    value: Callable[[Quality], tuple[float | None, float | None]]
    interval: Callable[[Quality], tuple[float | None, float | None]]


SHARE = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
TRIADS = Kind(
    Axis("agreement with the others", 0.0, 1.0, SHARE, CHANCE_OF_A_TRIAD),
    Axis("competence", 0.0, 1.0, SHARE, CHANCE_OF_A_TRIAD),
    lambda one: (one.agreement, one.competence),
    lambda one: (one.competence_low, one.competence_high),
)
RATINGS = Kind(
    Axis("spread of ratings (widths of the scale)", 0.0, 0.6, (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6), None),
    Axis("correlation with the others’ mean ratings", -1.0, 1.0, (-1.0, -0.5, 0.0, 0.5, 1.0), 0.0),
    lambda one: (one.rating_sd, one.rating_correlation),
    lambda one: (None, None),
)


@dataclass(frozen=True, slots=True)
class Spot:
    """One listener: place, ends of the interval (equal where there is none), name, and whether they are excluded."""

    x: float
    y: float
    top: float
    bottom: float
    name: str
    excluded: bool


@dataclass(frozen=True, slots=True)
class Dots:
    """The picture; `words` say what it shows. `guess_x` and `guess_y` are None where guessing has no line."""

    spots: Sequence[Spot]
    across: Sequence[Tick]
    up: Sequence[Tick]
    across_name: str
    up_name: str
    guess_x: float | None
    guess_y: float | None
    words: str
    n_left_out: int
    has_intervals: bool

    width = WIDTH
    height = HEIGHT
    left = LEFT
    right = WIDTH - RIGHT
    top = TOP
    bottom = HEIGHT - BOTTOM
    middle_x = (LEFT + WIDTH - RIGHT) / 2
    middle_y = (TOP + HEIGHT - BOTTOM) / 2


def dots_of(qualities: Sequence[Quality]) -> Dots | None:
    """Return the picture of triads, else that of ratings; None where no listener has both values of either."""
    for kind in (TRIADS, RATINGS):
        placed = [one for one in qualities if None not in kind.value(one)]
        if placed:
            return _drawn(kind, placed, len(qualities) - len(placed))
    return None


def _drawn(kind: Kind, placed: Sequence[Quality], n_left_out: int) -> Dots:
    across, up = _scale(kind.across, LEFT, WIDTH - RIGHT), _scale(kind.up, HEIGHT - BOTTOM, TOP)
    return Dots(
        spots=_side_by_side([_spot(kind, one, across, up) for one in placed]),
        across=[Tick(across(mark), f"{mark:g}") for mark in kind.across.marks],
        up=[Tick(up(mark), f"{mark:g}".replace("-", "−")) for mark in kind.up.marks],
        across_name=kind.across.name,
        up_name=kind.up.name,
        guess_x=None if kind.across.guessing is None else across(kind.across.guessing),
        guess_y=None if kind.up.guessing is None else up(kind.up.guessing),
        words=_words(kind, placed),
        n_left_out=n_left_out,
        has_intervals=any(None not in kind.interval(one) for one in placed),
    )


def _scale(axis: Axis, begin: float, end: float) -> Callable[[float], float]:
    """Return where a value lies; what is beyond the axis lies on its end."""
    width = axis.high - axis.low
    low, high = axis.low - MARGIN * width, axis.high + MARGIN * width

    def place(value: float) -> float:
        share = (min(max(value, axis.low), axis.high) - low) / (high - low)
        return round(begin + (end - begin) * share, 1)

    return place


def _spot(kind: Kind, one: Quality, across: Callable[[float], float], up: Callable[[float], float]) -> Spot:
    x, y = (value or 0.0 for value in kind.value(one))
    low, high = kind.interval(one)
    said = f"{one.participant}: {kind.across.name} {plain(x)}, {kind.up.name} {plain(y)}"
    said += "" if low is None or high is None else f" [{plain(low)}, {plain(high)}]"
    said += "" if one.included else f"; excluded ({one.exclusion or 'no reason given'})"
    bottom, top = (up(y if end is None else end) for end in (low, high))
    return Spot(across(x), up(y), top, bottom, said, not one.included)


def _side_by_side(spots: Sequence[Spot]) -> list[Spot]:
    """Return the dots with those at one place moved apart across, in their order."""
    at_place: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, spot in enumerate(spots):
        at_place[round(spot.x / CLOSE), round(spot.y / CLOSE)].append(number)
    moved = list(spots)
    for together in at_place.values():
        step = min(STEP, MOST_SPREAD / len(together))
        begin = spots[together[0]].x - step * (len(together) - 1) / 2
        for nth, number in enumerate(together if len(together) > 1 else ()):
            moved[number] = replace(spots[number], x=round(begin + nth * step, 1))
    return moved


def _words(kind: Kind, placed: Sequence[Quality]) -> str:
    values = [kind.value(one) for one in placed]
    parts = [
        f"{axis.name} from {plain(min(column))} to {plain(max(column))}"
        for axis, column in zip((kind.across, kind.up), _columns(values), strict=True)
    ]
    guessers = [one for one in placed if (low := kind.interval(one)[0]) is not None and low <= CHANCE_OF_A_TRIAD]
    if kind is TRIADS:
        parts.append(f"the interval of {len(guessers)} reaches guessing, {plain(CHANCE_OF_A_TRIAD)}")
    parts.append(f"{sum(not one.included for one in placed)} excluded, drawn as crosses")
    return f"{counted(len(placed), 'listener')}: " + "; ".join(parts) + "."


def _columns(values: Sequence[tuple[float | None, float | None]]) -> tuple[list[float], list[float]]:
    return [x or 0.0 for x, _ in values], [y or 0.0 for _, y in values]
