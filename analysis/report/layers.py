"""Curves over the layers of an encoder: which layer agrees with people, between chance and ceiling."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from analysis.agreement.layers import MEASURE, Layers, layers_of
from analysis.agreement.row import INCLUDED, Row
from analysis.queries.runs import Model
from analysis.report import layer_drawing
from analysis.report.numbers import plain, with_interval
from analysis.report.panels import SUITABILITY, TRIADS, Kind, Line, is_part, readable
from analysis.report.sketch import Sketch


@dataclass(frozen=True, slots=True)
class LayerCurve:
    """One encoder: its estimate at each layer, by layer; `best` is the highest, the first of equals."""

    name: str
    encoder: str
    points: tuple[tuple[int, Row], ...]

    @property
    def known(self) -> list[tuple[int, Row]]:
        """The layers with an estimate."""
        return [(layer, row) for layer, row in self.points if row.estimate is not None]

    @property
    def best(self) -> tuple[int, Row] | None:
        """The layer with the highest estimate."""
        return max(self.known, key=lambda point: point[1].estimate or 0.0, default=None)


@dataclass(frozen=True, slots=True)
class LayerPanel:
    """One question: a curve for each encoder, and lines for chance and ceilings."""

    title: str
    axis: str
    curves: tuple[LayerCurve, ...]
    lines: tuple[Line, ...]

    @property
    def description(self) -> str:
        """The panel in words."""
        curves = [
            f"{curve.name}: " + ", ".join(f"layer {layer} {with_interval(row)}" for layer, row in curve.points)
            for curve in self.curves
        ]
        lines = [f"{line.name} {with_interval(line.row)}" for line in self.lines if line.row.estimate is not None]
        return f"{self.title}: " + "; ".join(curves + lines) + "."


def layer_figures(rows: Sequence[Row], models: Sequence[Model]) -> list[Sketch]:
    """Return a figure for triads and one for suitability, where there are runs that differ in the layer only."""
    groups, found = layers_of(models), []
    for kind, caption in ((TRIADS, _TRIADS), (SUITABILITY, _SUITABILITY)):
        shown = layer_panels(rows, kind, groups)
        if shown:
            words = " ".join(panel.description for panel in shown)
            found.append(Sketch(_claim(shown[0]), partial(_draw, shown), words, caption))
    return found


def layer_panels(rows: Sequence[Row], kind: Kind, groups: Sequence[Layers]) -> list[LayerPanel]:
    """Return a panel for each question that has the kind's measure."""
    wanted = [row for row in rows if row.subset == INCLUDED and not is_part(row.stratum)]
    found = []
    for stratum in dict.fromkeys(row.stratum for row in wanted):
        here = {(row.measure, row.model): row for row in wanted if row.stratum == stratum}
        lines = tuple(Line(name, style, here[m, ""]) for name, style, m in kind.lines if (m, "") in here)
        curves = tuple(
            LayerCurve(group.name, group.encoder, tuple((n, here[kind.measure, one.name]) for n, one in group.members))
            for group in groups
            if all((kind.measure, one.name) in here for _, one in group.members)
        )
        if lines and any(curve.known for curve in curves):
            found.append(LayerPanel(readable(stratum), kind.axis, curves, lines))
    return found


def best_layers(rows: Sequence[Row], models: Sequence[Model], stratum: str, kind: Kind = TRIADS) -> str:
    """Return which layer of each encoder is best at a question, and what the choice is worth; empty without any."""
    here = {(row.measure, row.model): row for row in rows if row.subset == INCLUDED and row.stratum == stratum}
    said = []
    for panel in layer_panels(list(here.values()), kind, layers_of(models)):
        for curve in panel.curves:
            if curve.best is not None:
                layer, row = curve.best
                honest = here.get((MEASURE, curve.name))
                said.append(
                    f"Of {len(curve.points)} layers of {curve.name}, layer {layer} agrees most "
                    f"({with_interval(row)})" + (f"; chosen on other triads: {with_interval(honest)}" if honest else "")
                )
    warned = OPTIMISTIC if kind is TRIADS else FLATTERED
    return ". ".join(said) + f". {warned}" if said else ""


def without_worse_layers(rows: Sequence[Row], models: Sequence[Model]) -> list[Model]:
    """Return the models, of each encoder's layers only the best one at the first question about triads."""
    worse: set[str] = set()
    groups = layers_of(models)
    for curve in [curve for panel in layer_panels(rows, TRIADS, groups)[:1] for curve in panel.curves]:
        group = next(group for group in groups if group.name == curve.name)
        kept = curve.best[0] if curve.best else None
        worse |= {model.name for layer, model in group.members if layer != kept}
    return [model for model in models if model.name not in worse]


OPTIMISTIC = (
    "The best of several layers, chosen on the judgements that it is then compared with, looks better than it is; the "
    "accuracy with the layer chosen on other triads (ten folds) does not have this flaw."
)
FLATTERED = "The best of several layers, chosen on the ratings that it is then compared with, looks better than it is."
_TRIADS = (
    "Mean credit over judgements of triads at each layer of an encoder, with 95 % intervals (bands). Dashed: chance. "
    "Solid grey, with its interval: leave-one-out consistency of the listeners. Dotted: oracle. The largest mark is "
    f"the layer with the highest estimate. {OPTIMISTIC}"
)
_SUITABILITY = (
    "Share of pairs of clips of a context that the model orders as listeners do, at each layer of an encoder, with 95 "
    "% intervals (bands). Dashed: chance. Solid grey, with its interval: single listeners against the means of the "
    "others. The largest mark is the layer with the highest estimate; chosen on the same ratings, it looks better "
    "than it is."
)


def _claim(panel: LayerPanel) -> str:
    """Return what a panel says of its highest curve, no more than its numbers do."""
    tops = [(curve, *curve.best) for curve in panel.curves if curve.best is not None]
    curve, layer, row = max(tops, key=lambda top: top[2].estimate or 0.0)
    lowest = min(curve.known, key=lambda point: point[1].estimate or 0.0)
    clear = row.low is not None and lowest[1].high is not None and row.low > lowest[1].high
    said = f"{panel.title}: of the layers of {curve.name}, layer {layer} is highest ({with_interval(row)})"
    if clear:
        return f"{said}, clearly above layer {lowest[0]} ({plain(lowest[1].estimate)})"
    return f"{said}; the intervals of all layers overlap"


def _draw(shown: Sequence[LayerPanel], name: str) -> str:
    return layer_drawing.layer_plot(shown, name=name)
