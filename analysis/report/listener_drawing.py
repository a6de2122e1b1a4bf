"""The picture of listeners for print: the same dots as on the page of listeners, drawn with matplotlib."""

from functools import partial
from typing import TYPE_CHECKING

from analysis.report import canvas
from analysis.report.listener_dots import Dots
from analysis.report.listeners import ListenersShown
from analysis.report.looks import INK, OF_ENCODERS, PALE
from analysis.report.sketch import Sketch

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UNITS_PER_INCH = 100
HERE, OUT = OF_ENCODERS["prosody"].colour, OF_ENCODERS["spectral"].colour


def listener_sketches(shown: ListenersShown) -> list[Sketch]:
    """Return the picture as a figure of the report; none where there is nothing to draw."""
    dots = shown.dots
    if dots is None:
        return []
    claim = f"{dots.up_name[0].upper()}{dots.up_name[1:]} and {dots.across_name}, beside what guessing gives"
    return [Sketch(claim, partial(_draw, dots), dots.words, shown.caption)]


def _draw(dots: Dots, name: str) -> str:
    """Return the picture as SVG. Places are those of `Dots`: units of the page's picture, down from its top."""
    with canvas.figure((dots.bottom - dots.top) / UNITS_PER_INCH + 0.8) as figure:
        axes = figure.subplots()
        axes.set_xlim(dots.left, dots.width)
        axes.set_ylim(dots.bottom, dots.top)
        axes.set_xticks([tick.at for tick in dots.across], [tick.text for tick in dots.across])
        axes.set_yticks([tick.at for tick in dots.up], [tick.text for tick in dots.up])
        axes.set_xlabel(dots.across_name)
        axes.set_ylabel(dots.up_name)
        _guessing(axes, dots)
        for spot in dots.spots:
            if spot.top != spot.bottom:
                axes.plot([spot.x] * 2, [spot.top, spot.bottom], color=HERE, lw=1.2, alpha=0.45, zorder=2)
        for excluded, marker, colour in ((False, "o", HERE), (True, "X", OUT)):
            places = [(spot.x, spot.y) for spot in dots.spots if spot.excluded is excluded]
            if places:
                axes.plot(*zip(*places, strict=True), marker, color=colour, ms=6.5, mec="white", mew=0.7, zorder=3)
        return canvas.svg(figure, name)


def _guessing(axes: "Axes", dots: Dots) -> None:
    if dots.guess_x is not None:
        axes.axvline(dots.guess_x, color=INK, ls=(0, (4, 3)), lw=1.2, zorder=1)
    if dots.guess_y is not None:
        axes.axhline(dots.guess_y, color=INK, ls=(0, (4, 3)), lw=1.2, zorder=1)
        axes.annotate("guessing", (1.0, dots.guess_y), xycoords=("axes fraction", "data"), xytext=(0, 3),
                      textcoords="offset points", ha="right", fontsize=8, color=PALE)  # fmt: skip
