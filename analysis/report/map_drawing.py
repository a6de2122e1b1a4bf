"""Drawing maps of clips with matplotlib: what belongs together has a shape and a colour, and points their names."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from analysis.report import canvas
from analysis.report.looks import OF_ENCODERS, OTHERS, PALE, Look
from analysis.report.numbers import p_value, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from analysis.queries.stimuli import Sound
    from analysis.report.maps import MapSet, ModelMap

ACROSS, SIDE = 3, 2.5
"""Panels in a row, and their height in inches."""
LOOKS = (*OF_ENCODERS.values(), *OTHERS)
ALONE = Look(PALE, "o")
MOST_NAMES = 30
Floats = npt.NDArray[np.float64]


def map_plot(maps: "MapSet", *, name: str) -> str:
    """Return the map of listeners and those of models as SVG. `name` begins every id."""
    n = 1 + len(maps.models)
    rows, columns = ceil(n / ACROSS), min(n, ACROSS)
    groups, kind = groups_of(maps.human.clips)
    with canvas.figure(SIDE * rows + (0.35 if kind else 0.0)) as figure:
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        looks = dict(zip(sorted(set(groups)), LOOKS, strict=False)) if kind else {}
        limits = _limits([maps.human.positions, *(model.positions for model in maps.models)])
        _panel(grid[0], "listeners", "", limits)
        _points(grid[0], maps.human.clips, groups, maps.human.positions, looks)
        for axes, model in zip(grid[1:], maps.models, strict=False):
            _panel(axes, model.name, _fit(model), limits)
            covered = list(model.covered)
            clips, of = [maps.human.clips[at] for at in covered], [groups[at] for at in covered]
            _points(axes, clips, of, model.positions, looks)
        for axes in grid[n:]:
            axes.set_visible(False)
        if kind:
            figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, title=kind,
                          frameon=False, fontsize=8.5)  # fmt: skip
        return canvas.svg(figure, name)


def groups_of(clips: "Sequence[Sound]") -> tuple[list[str], str]:
    """Return the group of each clip and what groups are, words or speakers; no kind where they tell nothing apart."""
    for kind, groups in (("word", [clip.token for clip in clips]), ("speaker", [speaker_of(clip) for clip in clips])):
        if 1 < len(set(groups)) <= len(LOOKS) and all(groups):
            return groups, kind
    return [""] * len(clips), ""


def speaker_of(clip: "Sound") -> str:
    """Return who speaks in a clip; empty where it is not known."""
    return str(clip.described[4] or "")


def _panel(axes: "Axes", title: str, below: str, limits: tuple[tuple[float, float], tuple[float, float]]) -> None:
    axes.set_title(title, loc="left", fontsize=9.5, fontweight="bold")
    axes.set_xlim(*limits[0])
    axes.set_ylim(*limits[1])
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[["top", "right", "bottom", "left"]].set_visible(True)
    axes.set_xlabel(below, fontsize=8.5)


def _points(
    axes: "Axes", clips: "Sequence[Sound]", groups: Sequence[str], positions: Floats, looks: dict[str, Look]
) -> None:
    for group in sorted(set(groups)):
        look = looks.get(group, ALONE)
        at = positions[[each == group for each in groups]]
        axes.plot(at[:, 0], at[:, 1], look.marker, color=look.colour, ms=5.5, mec="white", mew=0.5, label=group)
    words = not looks and len({clip.token for clip in clips}) > 1  # more than there are looks: written, not drawn
    if words or len(clips) <= MOST_NAMES:
        for clip, (x, y) in zip(clips, positions.tolist(), strict=True):
            axes.annotate(clip.token if words else clip.key, (x, y), xytext=(4, 2), textcoords="offset points",
                          fontsize=6.5, clip_on=True)  # fmt: skip


def _fit(model: "ModelMap") -> str:
    if model.disparity is None:
        return model.reason
    return f"disparity {plain(model.disparity)}, p {p_value(model.p)}"


def _limits(every: Sequence[Floats]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ends of both axes, the same in all panels: around all points, with room for names."""
    points = np.concatenate(list(every))
    low, high = points.min(axis=0), points.max(axis=0)
    room = 0.07 * max(float((high - low).max()), 1e-9)
    ends = [(float(a) - room, float(b) + room) for a, b in zip(low, high, strict=True)]
    return (ends[0][0], ends[0][1] + 2 * room), ends[1]
