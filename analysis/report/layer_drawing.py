"""Drawing curves over layers with matplotlib."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.report import canvas
from analysis.report.looks import BAND, INK, OTHERS, PALE, Look, look_of
from analysis.report.panels import Line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from analysis.report.layers import LayerCurve, LayerPanel

HEIGHT = 3.0  # inches of a panel
DASHES = {"chance": (0, (4, 3)), "ceiling": "-", "oracle": (0, (1, 2))}


def layer_plot(panels: "Sequence[LayerPanel]", *, name: str) -> str:
    """Return one panel below the other, the layers across, as SVG. `name` begins every id."""
    with canvas.figure(HEIGHT * len(panels)) as figure:
        grid = figure.subplots(len(panels), 1, squeeze=False)
        for axes, panel in zip(grid[:, 0], panels, strict=True):
            _panel(axes, panel)
        return canvas.svg(figure, name)


def _panel(axes: "Axes", panel: "LayerPanel") -> None:
    axes.set_title(panel.title, loc="left", fontsize=10, fontweight="bold", pad=8)
    axes.set_xlabel("layer")
    axes.set_ylabel(panel.axis.replace(" that ", "\nthat "), fontsize=9)
    layers = sorted({layer for curve in panel.curves for layer, _ in curve.points})
    axes.set_xticks(layers)
    axes.set_xlim(layers[0] - 0.5, layers[-1] + 0.5)
    axes.set_ylim(*_limits(panel))
    _lines(axes, panel.lines)
    for curve, look in zip(panel.curves, _looks(panel.curves), strict=True):
        _curve(axes, curve, look)
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), frameon=False, fontsize=8.5)


def _looks(curves: "Sequence[LayerCurve]") -> list[Look]:
    """Return each curve's look: the encoder's, or another one where a curve before it has that already."""
    looks: list[Look] = []
    for curve in curves:
        free = (look for look in (look_of(curve.encoder), *OTHERS) if look not in looks)
        looks.append(next(free, look_of(curve.encoder)))
    return looks


def _curve(axes: "Axes", curve: "LayerCurve", look: Look) -> None:
    known = curve.known
    if curve.best is None:
        return
    across, up = [layer for layer, _ in known], [row.estimate or 0.0 for _, row in known]
    banded = [(layer, row.low, row.high) for layer, row in known if row.low is not None and row.high is not None]
    if banded:
        at, low, high = zip(*banded, strict=True)
        axes.fill_between(at, low, high, color=look.colour, alpha=0.18, lw=0, zorder=1)
    axes.plot(across, up, color=look.colour, marker=look.marker, ms=5.5, mec="white", mew=0.7, lw=1.8, zorder=3,
              label=curve.name)  # fmt: skip
    best, row = curve.best
    axes.plot(
        best, row.estimate or 0.0, look.marker, color=look.colour, ms=10, mec=INK, mew=1.2, zorder=4, clip_on=False
    )


def _lines(axes: "Axes", lines: Sequence[Line]) -> None:
    for line in lines:
        row = line.row
        if row.estimate is None:
            continue
        if line.style == "ceiling" and row.low is not None and row.high is not None:
            axes.axhspan(row.low, row.high, color=BAND, lw=0, zorder=0, alpha=0.7)
        axes.axhline(row.estimate, color=PALE, ls=DASHES[line.style], lw=1.3, zorder=2,
                     label=f"{line.name} {row.estimate:.2f}")  # fmt: skip


def _limits(panel: "LayerPanel") -> tuple[float, float]:
    """Return the ends of the axis: around everything that is drawn, within what a share can be."""
    rows = [line.row for line in panel.lines] + [row for curve in panel.curves for _, row in curve.known]
    values = [value for row in rows for value in (row.estimate, row.low, row.high) if value is not None]
    return max(-0.02, min(values) - 0.04), min(1.02, max(values) + 0.04)
