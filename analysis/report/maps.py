"""Maps of clips in the report: that of listeners, and those of models laid over it, in pictures, words and a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from analysis.queries.stimuli import Sound
from analysis.report import map_drawing
from analysis.report.numbers import counted, p_value, plain
from analysis.report.sketch import Sketch
from analysis.report.tables import TextTable
from analysis.stats.compare import holm

Floats = npt.NDArray[np.float64]
METHODS = {"soe": "soft ordinal embedding", "tste": "t-STE"}
LEAST = 0.05


@dataclass(frozen=True, eq=False)
class HumanMap:
    """`positions` (n, 2) of clips as listeners' judgements place them; `source` says where the map comes from."""

    clips: Sequence[Sound]
    positions: Floats
    judgements: int
    source: str
    method: str


@dataclass(frozen=True, eq=False)
class ModelMap:
    """A model's map laid over that of listeners: `positions` of the clips at the places `covered` of that map.

    `disparity` 0 is a perfect fit; `p` by permutation; `share` of the space's squared spread that is in the picture.
    A `reason` says why there is no map.
    """

    name: str
    encoder: str
    covered: tuple[int, ...] = ()
    positions: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    disparity: float | None = None
    p: float | None = None
    share: float | None = None
    reason: str = ""


@dataclass(frozen=True, eq=False)
class MapSet:
    """The map of one part of the clips by a `question`, and every model's; `n_parts` such parts there are."""

    question: str
    human: HumanMap
    models: tuple[ModelMap, ...]
    n_parts: int

    @property
    def title(self) -> str:
        """What the part is called: the question and its word, or how many clips there are."""
        words = sorted({clip.token for clip in self.human.clips})
        named = words[0] if len(words) == 1 and words[0] else counted(len(self.human.clips), "clip")
        return f"{self.question}, {named}"


def map_figures(maps: Sequence[MapSet]) -> list[Sketch]:
    """Return a figure for each part."""
    return [Sketch(_claim(one), partial(_draw, one), _words(one), _caption(one)) for one in maps]


def map_tables(maps: Sequence[MapSet]) -> list[TextTable]:
    """Return, for each part, how far every model's map is from that of listeners."""
    heads = ("Model", "Clips", "Procrustes disparity", "p", "p, Holm", "Spread in two dimensions")
    return [
        TextTable(
            f"Maps of models laid over that of listeners: {one.title}. 0 is a perfect fit, 1 none",
            heads,
            tuple(_row(model, corrected) for model, corrected in zip(one.models, _holm(one.models), strict=True)),
        )
        for one in maps
        if one.models
    ]


def said(maps: Sequence[MapSet], seed: int) -> str:
    """Return how the maps were made, for the methods; empty without any."""
    if not maps:
        return ""
    ways = {METHODS[one.human.method] for one in maps}
    sources = dict.fromkeys(one.human.source for one in maps)
    named = " (SOE; Terada & von Luxburg 2014)" if "soft ordinal embedding" in ways else ""
    told = (
        f"Maps of listeners were made of their judgements by {' or '.join(sorted(ways))}{named} in two dimensions "
        f"({'; '.join(sources)})."
    )
    if any(one.models for one in maps):
        told += (
            " Models’ spaces were reduced to two dimensions by classical multidimensional scaling of the distances of "
            "unit vectors (Torgerson 1952) and laid over the map of listeners by Procrustes analysis (centring, "
            f"scaling, rotation and reflection; Gower 1975), tested by 9,999 permutations of the clips (Jackson 1995), "
            f"seed {seed}."
        )
    return told


def _holm(models: Sequence[ModelMap]) -> list[float | None]:
    corrected = iter(holm([model.p for model in models if model.p is not None]))
    return [None if model.p is None else next(corrected) for model in models]


def _row(model: ModelMap, corrected: float | None) -> tuple[str, ...]:
    if model.disparity is None:
        return (model.name, f"undefined: {model.reason}", "–", "–", "–", "–")
    share = "–" if model.share is None else f"{100 * model.share:.0f} %"
    return (model.name, str(len(model.covered)), plain(model.disparity), p_value(model.p), p_value(corrected), share)


def _claim(one: MapSet) -> str:
    """Return what the maps say of the model that fits best, no more than the test does."""
    corrected = _holm(one.models)
    known = [(m, p) for m, p in zip(one.models, corrected, strict=True) if m.disparity is not None and p is not None]
    if not known:
        return f"{one.title}: the clips as listeners’ judgements place them"
    best, p = min(known, key=lambda pair: pair[0].disparity or 0.0)
    figure = f"disparity {plain(best.disparity)}, p {p_value(p)} after Holm’s correction"
    if p < LEAST:
        return f"{one.title}: of the models, the map of {best.name} is most like that of listeners ({figure})"
    return f"{one.title}: no model’s map is more like that of listeners than by chance ({best.name}: {figure})"


def _words(one: MapSet) -> str:
    human = one.human
    along = np.argsort(human.positions[:, 0], kind="stable")
    ends = " to ".join(human.clips[at].key for at in (along[0], along[-1]))
    models = "; ".join(
        f"{m.name} {m.reason}" if m.disparity is None else f"{m.name} disparity {plain(m.disparity)}, p {p_value(m.p)}"
        for m in one.models
    )
    return (
        f"Map of {counted(len(human.clips), 'clip')} from {counted(human.judgements, 'judgement')}; along its first "
        f"axis it goes from {ends}." + (f" Models laid over it: {models}." if models else "")
    )


def _caption(one: MapSet) -> str:
    human = one.human
    method = METHODS[human.method]
    parts = (
        f" Listeners compared {one.n_parts} sets of clips, never with each other; each has its own map."
        if one.n_parts > 1
        else ""
    )
    models = (
        " Others: each model’s space in two dimensions, laid over that map by Procrustes analysis with the same "
        "spread; p by permutation."
        if one.models
        else ""
    )
    return (
        f"First panel: clips as listeners’ judgements place them ({method}, {human.source}); those judged alike lie "
        f"together.{models} Axes have no unit.{parts}"
    )


def _draw(one: MapSet, name: str) -> str:
    return map_drawing.map_plot(one, name=name)
