"""What is embedded of each item of an extraction: a sound or a text, one after the other, None where there is none."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np

from corpus.audio import cut
from corpus.models import Extraction
from corpus.queries.dialogues import Item, items_of
from corpus.queries.recordings import Sides, sides_of
from modeling.errors import RunError
from modeling.services.training.vectors.settings import VectorSettings

MARGIN_S = 0.05
"""Kept at both ends of a backchannel, as in clips that are cut: times in transcripts are not exact."""
LONGEST_S = 5.0
"""A backchannel that is longer has wrong times; aligners give some words of a second half a minute."""
SHORTEST_S = 0.02
Sound = tuple[np.ndarray, int]


def contents_of(extraction: Extraction, settings: VectorSettings, *, first: int) -> Iterator[Any]:
    """Yield what is embedded of every item from number `first` on. Raises `RunError` where no dialogue has sound."""
    turns = (settings.turns,) if settings.is_text and settings.part == "context" else ()
    content = _reader(extraction, settings)
    for item in islice(items_of(extraction, turns=turns), first, None):
        yield content(item)


def _reader(extraction: Extraction, settings: VectorSettings) -> Callable[[Item], Any]:
    if settings.source == "audio":
        sides = sides_of(extraction.corpus)
        if not sides:
            raise RunError(
                f"No dialogue of {extraction.corpus.slug!r} has sound. Import them again with --audio FOLDER, or embed "
                "words: --backchannel form, --context lm."
            )
        return lambda item: _sound(item, sides.get(item.dialogue, {}), settings)
    if settings.source == "form":
        return lambda item: item.form or None
    if settings.part == "context":
        return lambda item: item.contexts[settings.turns]
    return lambda item: item.text.strip() or None


def _sound(item: Item, sides: Sides, settings: VectorSettings) -> Sound | None:
    if item.start is None or item.end is None:
        return None
    if settings.part == "context":
        return _before(item, sides, settings)
    if item.speaker not in sides or item.end - item.start > LONGEST_S:
        return None
    return _mono([cut(*sides[item.speaker], item.start - MARGIN_S, item.end + MARGIN_S)])


def _before(item: Item, sides: Sides, settings: VectorSettings) -> Sound | None:
    """Return the last seconds before an item; those who share a file and channel are heard once."""
    assert item.start is not None
    heard = {side for tag, side in sides.items() if settings.side == "both" or tag != item.speaker}
    begin = max(item.start - settings.seconds, 0.0)
    return _mono([cut(*side, begin, item.start) for side in sorted(heard, key=str)])


def _mono(cuts: list[tuple[np.ndarray, int]]) -> Sound | None:
    """Return the mean of all channels of pieces of one rate (of others the first alone); None if too short."""
    same = [samples for samples, rate in cuts if rate == cuts[0][1]]
    length = min((len(samples) for samples in same), default=0)
    if not cuts or length < SHORTEST_S * cuts[0][1]:
        return None
    mixed = np.hstack([samples[:length] for samples in same]).mean(axis=1)
    return np.ascontiguousarray(mixed, dtype=np.float32), cuts[0][1]
