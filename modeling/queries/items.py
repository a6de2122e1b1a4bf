"""The backchannels of an extraction as rows: in the order of `items_of`, with the numbers that stage 2 needs."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.models import Backchannel, Channel, Dialogue, Extraction

Numbers = npt.NDArray[np.int64]
UNKNOWN = -1
SPLITS = {"train": 0, "validation": 1, "test": 2}


@dataclass(frozen=True, eq=False)
class ItemNumbers:
    """(n,) each: word `form`, `dialogue`, `speaker` (unknown: −1) and `split`; names by number in `forms`."""

    form: Numbers
    dialogue: Numbers
    speaker: Numbers
    split: Numbers
    forms: tuple[str, ...]


def item_count(extraction: Extraction) -> int:
    """Return the number of rows."""
    return Backchannel.objects.filter(extraction=extraction).count()


def item_numbers(extraction: Extraction) -> ItemNumbers:
    """Return the numbers of every row.

    Where the parts were made by dialogue only, people recur in them and are not told apart (−1).
    """
    known_people = extraction.parameters.get("splits", {}).get("by") != "dialogue"
    people = _people(extraction) if known_people else {}
    order = dialogue_order(extraction)
    rows = Backchannel.objects.filter(extraction=extraction).order_by()
    fields = rows.values_list("dialogue_id", "position", "form", "split", "speaker")
    forms: dict[str, int] = {}
    speakers: dict[str, int] = {}
    table = np.empty((item_count(extraction), 5), dtype=np.int64)
    for row, (dialogue, position, form, split, tag) in enumerate(fields.iterator(chunk_size=10_000)):
        person = people.get((dialogue, tag), "")
        number = speakers.setdefault(person, len(speakers)) if person else UNKNOWN
        place = forms.setdefault(form, len(forms)) if form else UNKNOWN
        table[row] = order[dialogue], position, place, number, SPLITS[split]
    dialogue, _, form, speaker, split = table[np.lexsort((table[:, 1], table[:, 0]))].T
    return ItemNumbers(form, dialogue, speaker, split, tuple(forms))


def common_forms(extraction: Extraction, most: int) -> list[str]:
    """Return the `most` commonest word forms of the training part, the commonest first."""
    rows = Backchannel.objects.filter(extraction=extraction, split="train").exclude(form="").order_by()
    counts = Counter(rows.values_list("form", flat=True).iterator(chunk_size=10_000))
    return sorted(counts, key=lambda form: (-counts[form], form))[:most]


def dialogue_order(extraction: Extraction) -> dict[int, int]:
    """Return by key of its row the place of every dialogue, as `items_of` goes through them."""
    rows = Dialogue.objects.filter(corpus=extraction.corpus).order_by().values_list("key", "pk")
    return {pk: place for place, (_, pk) in enumerate(sorted(rows))}


def _people(extraction: Extraction) -> dict[tuple[int, str], str]:
    return {(dialogue, tag): person for dialogue, tag, person in _channels(extraction) if person}


def _channels(extraction: Extraction) -> Iterator[tuple[int, str, str]]:
    rows = Channel.objects.filter(dialogue__corpus=extraction.corpus).order_by()
    return rows.values_list("dialogue_id", "tag", "speaker").iterator(chunk_size=10_000)
