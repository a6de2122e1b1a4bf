"""What every figure is drawn on: size, letters and colours of print, and the SVG that comes out the same twice."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

from analysis.report.looks import INK, PALE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 7.2  # inches
FAMILIES = ("Arial", "Helvetica", "DejaVu Sans", "sans-serif")
STYLE = {
    "svg.hashsalt": "bcstudy",
    "svg.fonttype": "none",  # text stays text: it can be searched, read aloud and selected
    "font.family": "sans-serif",
    "font.sans-serif": list(FAMILIES),
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": PALE,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


@contextmanager
def figure(height: float) -> "Iterator[Figure]":
    """Give an empty figure, `height` in inches."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    settings: dict[str, Any] = STYLE
    with mpl.rc_context(settings):
        yield Figure(figsize=(WIDTH, height), layout="constrained")


def svg(drawn: "Figure", name: str) -> str:
    """Return the figure as an SVG element whose ids begin with `name`, without dates and programs."""
    out = io.StringIO()
    drawn.savefig(out, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    text = out.getvalue()
    text = text[text.index("<svg") :]
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", text).strip() + "\n"


def standing_alone(element: str, *, title: str, description: str) -> str:
    """Return an SVG element as a file of its own: it needs no page, and says what it shows (`title`, `desc`)."""
    at = element.index(">") + 1
    told = f"<title>{escape(title)}</title>\n<desc>{escape(description)}</desc>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{element[:at]}\n{told}\n{element[at:].lstrip()}'
