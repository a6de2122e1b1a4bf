"""The dots: top-10 % of every model with its interval, chance as a line."""

from collections.abc import Sequence

from analysis.agreement.row import Row
from analysis.report.panels import Dot, Line, Panel
from analysis.retrieval.figures import Estimate, Evaluated
from analysis.retrieval.models import CHANCE

# Way, measure, and what the panel's title and axis say: short, for a panel is not wide.
PANELS = (
    ("all", "top_10", "Retrieval among {} backchannels", "true one in the top 10 % (share)"),
    ("forms", "mrr", "Retrieval among {} word forms", "mean reciprocal rank"),
    ("forms_expected", "mrr", "{} word forms, frequency added", "mean reciprocal rank"),
)


def picture(found: Evaluated) -> str:
    """Return the figure as SVG; the same figures give the same bytes."""
    from analysis.report.drawing import dot_plot

    return dot_plot(panels_of(found), name="retrieval")


def panels_of(found: Evaluated) -> list[Panel]:
    """Return a panel for each way of ranking that there are figures of."""
    panels = []
    for way, measure, title, axis in PANELS:
        shown = [one for one in found.estimates if (one.way, one.measure) == (way, measure)]
        if shown:
            panels.append(_panel(shown, title.format(f"{shown[0].pool:,}"), axis))
    return panels


def _panel(shown: Sequence[Estimate], title: str, axis: str) -> Panel:
    dots = tuple(Dot(one.model, one.role, _row(one)) for one in shown if one.role != CHANCE)
    lines = tuple(Line(one.model, "chance", _row(one)) for one in shown if one.role == CHANCE)
    return Panel(title, axis, dots, lines)


def _row(one: Estimate) -> Row:
    return Row.of(one.figure, measure=one.measure, subset="", stratum="", model=one.model)
