"""The participants' flow as a CONSORT diagram (Schulz et al. 2010): steps down the middle, losses to the right."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from html import escape

from analysis.report.canvas import FAMILIES
from analysis.report.flow import Loss, Step
from analysis.report.looks import INK
from analysis.report.sketch import Sketch

WIDTH, MARGIN = 640, 8
LEFT, STEP_WIDTH, LOSS_WIDTH = MARGIN, 250, 320
LINE, PAD, GAP = 18, 10, 22
"""Height of a line of text, space inside a box, and space between boxes, in units of the picture."""
STEP_LETTERS, LOSS_LETTERS = 34, 46
FONT = ", ".join(FAMILIES).replace('"', "")


def flow_figure(steps: Sequence[Step]) -> Sketch:
    """Return the chart as a figure; its description has the same numbers."""
    first, last = steps[0], steps[-1]
    claim = f"Of {first.count:,} who came, {last.count:,} {'is' if last.count == 1 else 'are'} {last.name}"
    words = " ".join(_in_words(step) for step in steps)
    caption = "Participants’ flow: how many came to each step, and how many were lost before it and why."
    return Sketch(claim, partial(_draw, steps), words, caption)


def _in_words(step: Step) -> str:
    more = [f"lost before: {_listed(step.lost)}"] if step.lost else []
    more += [f"of these {_listed(step.parts)}"] if step.parts else []
    return "; ".join([f"{step.name.capitalize()}: {step.count:,}", *more]) + "."


def _listed(losses: Iterable[Loss]) -> str:
    return ", ".join(f"{loss.why} {loss.count:,}" for loss in losses)


def _draw(steps: Sequence[Step], name: str) -> str:
    """Return the chart as an SVG element. It has no id, so that `name` is not needed in it."""
    down, shapes = float(MARGIN), []
    for number, step in enumerate(steps):
        if number:
            lines = _lines(_of_loss(step)) if step.lost else []
            between = max(GAP * 2, _height(lines) + GAP if lines else 0)
            shapes += list(_arrow_down(down, down + between))
            if lines:
                shapes += list(_loss(lines, down + between / 2))
            down += between
        texts = _lines(_of_step(step), STEP_LETTERS)
        shapes += list(_box(LEFT, down, STEP_WIDTH, texts))
        down += _height(texts)
    height = down + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:g}" '
        f'viewBox="0 0 {WIDTH} {height:g}">\n<rect width="{WIDTH}" height="{height:g}" fill="#ffffff"/>\n'
        f'<g font-family="{escape(FONT)}" font-size="14" fill="{INK}">\n' + "\n".join(shapes) + "\n</g>\n</svg>\n"
    )


def _of_step(step: Step) -> list[str]:
    return [f"{step.name.capitalize()}: {step.count:,}", *(f"{part.why}: {part.count:,}" for part in step.parts)]


def _of_loss(step: Step) -> list[str]:
    return [f"Lost: {step.n_lost:,}", *(f"{loss.why}: {loss.count:,}" for loss in step.lost)]


def _lines(texts: Iterable[str], letters: int = LOSS_LETTERS) -> list[tuple[str, bool]]:
    """Return lines that fit, and whether each goes on with the one before."""
    return [(line, at > 0) for text in texts for at, line in enumerate(textwrap.wrap(text, letters - 2) or [""])]


def _height(lines: Sequence[tuple[str, bool]]) -> float:
    return LINE * len(lines) + 2 * PAD


def _box(left: float, top: float, width: float, lines: Sequence[tuple[str, bool]]) -> Iterator[str]:
    yield (f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{_height(lines):g}" fill="#ffffff" '
           f'stroke="{INK}" stroke-width="1.2"/>')  # fmt: skip
    for at, (text, goes_on) in enumerate(lines):
        weight = ' font-weight="bold"' if at == 0 else ""
        x, y = left + PAD + (12 if goes_on else 0), top + PAD + LINE * at + 14
        yield f'<text x="{x:g}" y="{y:g}"{weight}>{escape(text)}</text>'


def _loss(lines: Sequence[tuple[str, bool]], middle: float) -> Iterator[str]:
    left, centre = WIDTH - MARGIN - LOSS_WIDTH, LEFT + STEP_WIDTH / 2
    yield f'<path d="M{centre:g} {middle:g}H{left - 7:g}" fill="none" stroke="{INK}" stroke-width="1.2"/>'
    yield f'<path d="M{left:g} {middle:g}l-8 -4v8z"/>'
    yield from _box(left, middle - _height(lines) / 2, LOSS_WIDTH, lines)


def _arrow_down(top: float, bottom: float) -> Iterator[str]:
    centre = LEFT + STEP_WIDTH / 2
    yield f'<path d="M{centre:g} {top:g}V{bottom - 7:g}" fill="none" stroke="{INK}" stroke-width="1.2"/>'
    yield f'<path d="M{centre:g} {bottom:g}l-4 -8h8z"/>'
