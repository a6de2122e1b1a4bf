"""A map of clips as shapes that a template draws as SVG: no script, no style in the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from modeling.services.training.base import Spot, SpotMap

WIDTH, MOST_HEIGHT, LEAST_HEIGHT = 640, 560, 120
MARGIN, RIGHT = 20, 90
"""Around the spots; to the right there is room for the text of the last one."""
RADIUS = 5
MOST_TEXTS = 60
"""Texts are written beside so many spots at most: more hide each other."""
TEXT_UP, LETTER = 13, 7.5
"""Height of a line of text and width of a letter, about, in units of the picture."""


@dataclass(frozen=True, slots=True)
class DrawnSpot:
    """A spot: its place in units of the picture, its name, and what is written beside it."""

    x: float
    y: float
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class DrawnMap:
    """The picture, in words too, and the places as a table."""

    caption: str
    words: str
    spots: Sequence[DrawnSpot]
    table: Sequence[tuple[str, str, str, str]]
    height: float

    width = WIDTH


def drawn(made: SpotMap) -> DrawnMap:
    """Return the map, as large as fits; one unit is as long across as up."""
    low_x, high_x = min(spot.x for spot in made.spots), max(spot.x for spot in made.spots)
    low_y, high_y = min(spot.y for spot in made.spots), max(spot.y for spot in made.spots)
    wide, high = max(high_x - low_x, 1e-9), max(high_y - low_y, 1e-9)
    unit = min((WIDTH - MARGIN - RIGHT) / wide, (MOST_HEIGHT - 2 * MARGIN) / high)
    height = max(unit * high + 2 * MARGIN, LEAST_HEIGHT)
    top = height / 2 - unit * (high_y - low_y) / 2

    places = [(MARGIN + unit * (spot.x - low_x), top + unit * (high_y - spot.y)) for spot in made.spots]
    texts = _texts(places, made.spots)
    return DrawnMap(
        caption=made.caption,
        words=made.words,
        spots=[
            DrawnSpot(round(x, 1), round(y, 1), f"{spot.key} {spot.text}".strip(), text)
            for (x, y), spot, text in zip(places, made.spots, texts, strict=True)
        ],
        table=[(spot.key, spot.text, f"{spot.x:.3f}", f"{spot.y:.3f}") for spot in made.spots],
        height=round(height, 1),
    )


def _texts(places: Sequence[tuple[float, float]], spots: Sequence[Spot]) -> list[str]:
    """Return what is written beside each spot: nothing where it would lie on a spot or on what is written already."""
    boxes = [(x - RADIUS, x + RADIUS, y) for x, y in places]
    texts: list[str] = []
    for (x, y), spot in zip(places, spots, strict=True):
        text = spot.text or spot.key
        begin, end = x + RADIUS + 1, x + 12 + LETTER * len(text)
        free = all(abs(y - other) >= TEXT_UP or begin >= right or end <= left for left, right, other in boxes)
        texts.append(text if free and len(boxes) - len(places) < MOST_TEXTS else "")
        if texts[-1]:
            boxes.append((begin, end, y))
    return texts
