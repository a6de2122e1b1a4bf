"""Drawing with matplotlib: the same input gives the same bytes. Imported only where something is drawn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.agreement.row import Row
from analysis.report.canvas import figure as _figure
from analysis.report.canvas import svg as _svg
from analysis.report.looks import BAND, INK, PALE, look_of
from analysis.report.numbers import with_interval
from analysis.report.panels import Dot, Line, Panel, StrataPanel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

ROW, FRAME = 0.34, 1.15  # inches a model takes, and what a panel needs around them
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
    _frame(axes, panel.title, panel.axis, _limits([dot.row for dot in panel.dots], panel.lines))
    axes.set_ylim(max(len(panel.dots), 1) - 0.4, -0.6)
    axes.set_yticks(range(len(panel.dots)), [dot.label for dot in panel.dots])
    _lines(axes, panel.lines)
    for at, dot in enumerate(panel.dots):
        _dot(axes, at, dot)
        if dot.row.estimate is not None:
            axes.annotate(
                with_interval(dot.row), (1.0, at), xycoords=("axes fraction", "data"), xytext=(8, 0),
                textcoords="offset points", va="center", fontsize=8.5, annotation_clip=False,
            )  # fmt: skip
    if not panel.dots:
        axes.text(0.5, 0.5, "no model has embedded these clips yet", transform=axes.transAxes, ha="center", color=PALE)


def strata_plot(panels: Sequence[StrataPanel], *, name: str) -> str:
    """Return one row a part of the trials with a dot for each model, and a tick for what listeners reach, as SVG."""
    heights = [FRAME + ROW * len(panel.strata) * max(1.0, 0.55 * _n_models(panel)) for panel in panels]
    with _figure(sum(heights)) as figure:
        grid = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)
        for axes, panel in zip(grid[:, 0], panels, strict=True):
            _strata(axes, panel)
        return _svg(figure, name)


def _strata(axes: "Axes", panel: StrataPanel) -> None:
    rows = [dot.row for _, dots, _ in panel.strata for dot in dots]
    _frame(axes, panel.title, panel.axis, _limits(rows, [panel.chance, *(line for _, _, line in panel.strata)]))
    axes.set_ylim(len(panel.strata) - 0.4, -0.6)
    axes.set_yticks(range(len(panel.strata)), [name for name, _, _ in panel.strata])
    _lines(axes, [panel.chance])
    step = 0.7 / max(_n_models(panel), 1)
    for at, (_, dots, ceiling) in enumerate(panel.strata):
        if at % 2:
            axes.axhspan(at - 0.5, at + 0.5, color="#f4f4f4", lw=0, zorder=-1)
        if ceiling.row.estimate is not None:
            axes.plot([ceiling.row.estimate] * 2, [at - 0.42, at + 0.42], color=INK, lw=2, zorder=1)
        for number, dot in enumerate(dots):
            _dot(axes, at + (number - (len(dots) - 1) / 2) * step, dot)
    shown = {dot.label: dot.encoder for _, dots, _ in panel.strata for dot in dots}
    axes.legend(handles=[_key(label, encoder) for label, encoder in shown.items()] + [_ceiling_key()],
                loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False, fontsize=8.5)  # fmt: skip


def _n_models(panel: StrataPanel) -> int:
    return max((len(dots) for _, dots, _ in panel.strata), default=0)


def _key(label: str, encoder: str) -> "Line2D":
    from matplotlib.lines import Line2D

    look = look_of(encoder)
    return Line2D([], [], color=look.colour, marker=look.marker, ms=7, mec="white", lw=2.2, label=label)


def _ceiling_key() -> "Line2D":
    from matplotlib.lines import Line2D

    return Line2D([], [], color=INK, marker="|", ms=12, mew=2, lw=0, label="listeners")


def _frame(axes: "Axes", title: str, label: str, limits: tuple[float, float]) -> None:
    axes.set_title(title, loc="left", fontsize=10, fontweight="bold", pad=24)
    axes.set_xlabel(label)
    axes.set_xlim(*limits)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _limits(rows: Sequence[Row], lines: Sequence[Line]) -> tuple[float, float]:
    """Return the ends of the axis: from a little below what is lowest to 1, which no share exceeds."""
    every = [*rows, *(line.row for line in lines)]
    values = [value for row in every for value in (row.estimate, row.low)]
    lowest = min((value for value in values if value is not None), default=0.0)
    return max(-0.02, lowest - 0.06), 1.02


def _lines(axes: "Axes", lines: Sequence[Line]) -> None:
    """Draw lines with their names above, each as high as it must be to stand clear of the one before."""
    ends: list[float] = []  # right end of the last name on each level, in fractions of the axis
    low, high = axes.get_xlim()
    for line in sorted((line for line in lines if line.row.estimate is not None), key=_place):
        _line(axes, line)
        name = f"{line.name} {line.row.estimate:.2f}"
        middle, half = (_place(line) - low) / (high - low), 0.0075 * len(name)
        level = next((at for at, end in enumerate(ends) if end < middle - half), len(ends))
        ends[level : level + 1] = [middle + half]
        axes.annotate(
            name, (_place(line), 1.0), xycoords=("data", "axes fraction"), xytext=(0, 2 + 10 * level),
            textcoords="offset points", ha="center", fontsize=8, color=PALE,
        )  # fmt: skip


def _place(line: Line) -> float:
    return line.row.estimate or 0.0


def _line(axes: "Axes", line: Line) -> None:
    dashes, width = LINES[line.style]
    if line.style == "ceiling" and line.row.low is not None and line.row.high is not None:
        axes.axvspan(line.row.low, line.row.high, color=BAND, lw=0, zorder=0)
    axes.axvline(_place(line), color=PALE, ls=dashes, lw=width, zorder=1)


def _dot(axes: "Axes", at: float, dot: Dot) -> None:
    look, row = look_of(dot.encoder), dot.row
    if row.estimate is None:
        axes.text(
            0.01, at, row.reason, transform=axes.get_yaxis_transform(), va="center", fontsize=8, color=PALE,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
        return
    if row.low is not None and row.high is not None:
        axes.plot([row.low, row.high], [at, at], color=look.colour, lw=2.2, solid_capstyle="butt", zorder=2)
    axes.plot(row.estimate, at, look.marker, color=look.colour, ms=8, mec="white", mew=0.8, zorder=3, clip_on=False)


def answers_plot(counts: Sequence[tuple[str, Sequence[int], int | None]], *, name: str) -> str:
    """Return how many trials have how many answers as SVG, from (task, answers of each trial, planned or None)."""
    with _figure(2.0 * max(len(counts), 1)) as figure:
        grid = figure.subplots(max(len(counts), 1), 1, squeeze=False)
        for axes, (task, answers, planned) in zip(grid[:, 0], counts, strict=False):
            _histogram(axes, task, answers, planned)
        return _svg(figure, name)


def _histogram(axes: "Axes", task: str, answers: Sequence[int], planned: int | None) -> None:
    most = max([*answers, planned or 0])
    trials = [list(answers).count(n) for n in range(most + 1)]
    bars = axes.bar(range(most + 1), trials, color="#7a7a7a", width=0.8)
    axes.bar_label(bars, [str(n) if n else "" for n in trials], fontsize=8, padding=2)
    if planned is not None:
        _planned(axes, planned)
    axes.set_title(task, loc="left", fontsize=10, fontweight="bold", pad=18)
    axes.set_xlabel("answers a trial has")
    axes.set_ylabel("trials")
    axes.locator_params(integer=True)


def _planned(axes: "Axes", planned: int) -> None:
    axes.axvline(planned, color=INK, ls=(0, (4, 3)), lw=1.2, zorder=0)
    axes.annotate("planned", (planned, 1.12), xycoords=("data", "axes fraction"), ha="center", fontsize=8, color=PALE)
