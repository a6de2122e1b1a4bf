"""Drawing with matplotlib: the same input gives the same bytes. Imported only where something is drawn."""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from analysis.report.looks import BAND, INK, PALE, look_of
from analysis.report.numbers import with_interval
from analysis.report.panels import Dot, Line, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 7.2  # inches
ROW, FRAME = 0.34, 1.15  # inches a model takes, and what a panel needs around them
STYLE = {
    "svg.hashsalt": "bcstudy",
    "svg.fonttype": "none",  # text stays text: it can be searched, read aloud and selected
    "font.family": "sans-serif",
    "font.sans-serif": ["Arial", "Helvetica", "DejaVu Sans", "sans-serif"],
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": PALE,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
# Style of a line → its dashes and width. Their names are written beside them, so that none needs a legend.
LINES = {"chance": ((0, (4, 3)), 1.2), "ceiling": ("-", 1.4), "oracle": ((0, (1, 2)), 1.4)}


def dot_plot(panels: Sequence[Panel], *, name: str) -> str:
    """Return dots with intervals, one row a model and one panel below the other, as SVG. `name` begins every id."""
    heights = [FRAME + ROW * max(len(panel.dots), 1) for panel in panels]
    with _figure(sum(heights)) as figure:
        grid = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)
        for axes, panel in zip(grid[:, 0], panels, strict=True):
            _panel(axes, panel)
        return _svg(figure, name)


def _panel(axes: "Axes", panel: Panel) -> None:
    axes.set_title(panel.title, loc="left", fontsize=10, fontweight="bold", pad=22)
    axes.set_xlabel(panel.axis)
    axes.set_xlim(*_limits(panel))
    n = max(len(panel.dots), 1)
    axes.set_ylim(n - 0.4, -0.6)
    axes.set_yticks(range(len(panel.dots)), [dot.label for dot in panel.dots])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    for line in panel.lines:
        _line(axes, line)
    for at, dot in enumerate(panel.dots):
        _dot(axes, at, dot)
    if not panel.dots:
        axes.text(0.5, 0.5, "no model has embedded these clips yet", transform=axes.transAxes, ha="center", color=PALE)


def _limits(panel: Panel) -> tuple[float, float]:
    """Return the ends of the axis: from a little below what is lowest to 1, which no share exceeds."""
    rows = [dot.row for dot in panel.dots] + [line.row for line in panel.lines]
    values = [value for row in rows for value in (row.estimate, row.low)]
    lowest = min((value for value in values if value is not None), default=0.0)
    return max(0.0, lowest - 0.06), 1.0


def _line(axes: "Axes", line: Line) -> None:
    if line.row.estimate is None:
        return
    dashes, width = LINES[line.style]
    if line.style == "ceiling" and line.row.low is not None and line.row.high is not None:
        axes.axvspan(line.row.low, line.row.high, color=BAND, lw=0, zorder=0)
    axes.axvline(line.row.estimate, color=PALE, ls=dashes, lw=width, zorder=1)
    label = f"{line.name} {line.row.estimate:.2f}"
    # Oracle stands highest, so that it does not run into the ceiling beside it.
    height = 1.1 if line.style == "oracle" else 1.02
    axes.annotate(
        label, (line.row.estimate, height), xycoords=("data", "axes fraction"), ha="center", fontsize=8, color=PALE
    )


def _dot(axes: "Axes", at: int, dot: Dot) -> None:
    look, row = look_of(dot.encoder), dot.row
    if row.estimate is None:
        axes.text(
            0.01, at, row.reason, transform=axes.get_yaxis_transform(), va="center", fontsize=8, color=PALE,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
        return
    if row.low is not None and row.high is not None:
        axes.plot([row.low, row.high], [at, at], color=look.colour, lw=2.2, solid_capstyle="butt", zorder=2)
    axes.plot(row.estimate, at, look.marker, color=look.colour, ms=8, mec="white", mew=0.8, zorder=3)
    axes.annotate(
        with_interval(row), (1.0, at), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points",
        va="center", fontsize=8.5, annotation_clip=False,
    )  # fmt: skip


def answers_plot(counts: Sequence[tuple[str, Sequence[int], int]], *, name: str) -> str:
    """Return how many trials of each task have how many answers: (task, answers of each trial, planned) as SVG."""
    with _figure(2.0 * max(len(counts), 1)) as figure:
        grid = figure.subplots(max(len(counts), 1), 1, squeeze=False)
        for axes, (task, answers, planned) in zip(grid[:, 0], counts, strict=False):
            _histogram(axes, task, answers, planned)
        return _svg(figure, name)


def _histogram(axes: "Axes", task: str, answers: Sequence[int], planned: int) -> None:
    most = max([*answers, planned])
    trials = [list(answers).count(n) for n in range(most + 1)]
    bars = axes.bar(range(most + 1), trials, color="#7a7a7a", width=0.8)
    axes.bar_label(bars, [str(n) if n else "" for n in trials], fontsize=8, padding=2)
    axes.axvline(planned, color=INK, ls=(0, (4, 3)), lw=1.2, zorder=0)
    axes.annotate("planned", (planned, 1.12), xycoords=("data", "axes fraction"), ha="center", fontsize=8, color=PALE)
    axes.set_title(task, loc="left", fontsize=10, fontweight="bold", pad=18)
    axes.set_xlabel("answers a trial has")
    axes.set_ylabel("trials")
    axes.locator_params(integer=True)


@contextmanager
def _figure(height: float) -> "Iterator[Figure]":
    import matplotlib as mpl
    from matplotlib.figure import Figure

    settings: dict[str, Any] = STYLE
    with mpl.rc_context(settings):
        yield Figure(figsize=(WIDTH, height), layout="constrained")


def _svg(figure: "Figure", name: str) -> str:
    """Return the figure as an SVG element whose ids begin with `name`, without dates and programs."""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    text = out.getvalue()
    text = text[text.index("<svg") :]
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", text).strip() + "\n"
