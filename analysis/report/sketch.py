"""A figure before it has its number, and after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sketch:
    """A figure: `claim` above it, what it shows in words, and a caption that can be pasted.

    `draw` takes the name that every id in the SVG begins with; None where there is nothing to draw.
    """

    claim: str
    draw: Callable[[str], str] | None
    description: str
    caption: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure with its number: `svg` is empty where there is nothing to draw."""

    number: int
    claim: str
    svg: str
    description: str
    caption: str


def drawn(sketches: Sequence[Sketch]) -> list[Drawn]:
    """Draw and number figures from 1 in their order."""
    return [
        Drawn(number, one.claim, one.draw(f"figure{number}") if one.draw else "", one.description, one.caption)
        for number, one in enumerate(sketches, start=1)
    ]
