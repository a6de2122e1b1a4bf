"""Stream dialogues, and the backchannels in them with their contexts, as plain values."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corpus import dialogues as plain
from corpus.dialogues import Transcript
from corpus.models import Backchannel, Channel, Corpus, Dialogue, Extraction, Turn

_BATCH = 100  # dialogues in memory at once
TURNS = (1, 3, 5)


@dataclass(frozen=True, slots=True)
class Item:
    """A backchannel in its dialogue.

    `position` of the utterance; `speaker`: the tag; `person`: who that is, empty where unknown; `text` as transcribed;
    `form` as normalised; `start`, `end` in seconds; `overlap`: said while another spoke, None where times are unknown;
    `contexts`: by number of turns, what came before, ending in the speaker's tag.
    """

    dialogue: str
    position: int
    speaker: str
    person: str
    text: str
    form: str
    start: float | None
    end: float | None
    overlap: bool | None
    split: str
    contexts: dict[int, str]


def dialogues_of(corpus: Corpus) -> Iterator[plain.Dialogue]:
    """Give every dialogue of the corpus, in order of their keys, a few in memory at once."""
    for batch in _batches(corpus):
        yield from batch.values()


def dialogue_rows_of(corpus: Corpus) -> Iterator[tuple[int, plain.Dialogue]]:
    """Give every dialogue of the corpus with the key of its row, as `dialogues_of`."""
    for batch in _batches(corpus):
        yield from batch.items()


def items_of(extraction: Extraction, split: str | None = None, turns: Sequence[int] = TURNS) -> Iterator[Item]:
    """Give every backchannel of an extraction (of one part) with its contexts, in order of dialogues and positions."""
    rows = Backchannel.objects.filter(extraction=extraction, **({"split": split} if split else {}))
    there = set(rows.order_by().values_list("dialogue_id", flat=True).distinct())
    for batch in _batches(extraction.corpus, there):
        found: dict[int, list[Backchannel]] = defaultdict(list)
        for row in rows.filter(dialogue_id__in=batch).order_by("position").iterator(chunk_size=2_000):
            found[row.dialogue_id].append(row)
        for key, dialogue in batch.items():
            transcript = Transcript(dialogue, {row.position for row in found[key]})
            yield from (_item(transcript, row, turns) for row in found[key])


def marked_dialogues_of(
    extraction: Extraction, split: str | None = None
) -> Iterator[tuple[plain.Dialogue, frozenset[int]]]:
    """Give every dialogue (of one part) with the positions of its backchannels, as `Transcript` takes them."""
    for batch in _batches(extraction.corpus):
        found: dict[int, set[int]] = defaultdict(set)
        rows = Backchannel.objects.filter(extraction=extraction, dialogue_id__in=batch).order_by()
        for key, position in rows.values_list("dialogue_id", "position").iterator(chunk_size=10_000):
            found[key].add(position)
        for key, dialogue in batch.items():
            if split is None or extraction.parts[dialogue.key] == split:
                yield dialogue, frozenset(found[key])


def dialogue_digest(dialogue: plain.Dialogue) -> str:
    """Return the SHA-256 over everything that is known of a dialogue."""
    turns = [(t.speaker, t.text, t.start, t.end, t.tag, t.words) for t in dialogue.turns]
    told = [dialogue.key, dict(dialogue.speakers), dict(dialogue.attributes), turns]
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def known_dialogues(corpus: Corpus | None) -> dict[str, str]:
    """Return the digest of every dialogue of the corpus by its key."""
    if corpus is None:
        return {}
    return dict(Dialogue.objects.filter(corpus=corpus).order_by().values_list("key", "digest"))


def dialogues_digest(corpus: Corpus) -> str:
    """Return the SHA-256 over all dialogues of the corpus, whatever their order; empty for none."""
    told = sorted(known_dialogues(corpus).items())
    return hashlib.sha256(json.dumps(told).encode()).hexdigest() if told else ""


def _batches(corpus: Corpus, only: Collection[int] | None = None) -> Iterator[dict[int, plain.Dialogue]]:
    """Give dialogues by the keys of their rows, `_BATCH` at a time; databases would each sort in their own way."""
    rows = Dialogue.objects.filter(corpus=corpus).order_by().values_list("key", "pk")
    keys = [pk for _, pk in sorted(rows) if only is None or pk in only]
    for start in range(0, len(keys), _BATCH):
        yield _fetched(keys[start : start + _BATCH])


def _fetched(keys: Sequence[int]) -> dict[int, plain.Dialogue]:
    speakers: dict[int, dict[str, str]] = defaultdict(dict)
    for pk, tag, person in (
        Channel.objects.filter(dialogue__in=keys).order_by("pk").values_list("dialogue_id", "tag", "speaker")
    ):
        speakers[pk][tag] = person
    turns: dict[int, list[plain.Turn]] = defaultdict(list)
    fields = ("dialogue_id", "speaker", "text", "words", "start", "end", "tag")
    rows = Turn.objects.filter(dialogue__in=keys).order_by("dialogue_id", "position").values_list(*fields)
    for pk, speaker, text, words, start, end, tag in rows.iterator(chunk_size=5_000):
        turns[pk].append(plain.Turn(speaker, text, tuple(plain.Word(*word) for word in words), start, end, tag))
    named = Dialogue.objects.in_bulk(keys)
    return {pk: plain.Dialogue(named[pk].key, tuple(turns[pk]), speakers[pk], named[pk].attributes) for pk in keys}


def _item(transcript: Transcript, row: Any, turns: Sequence[int]) -> Item:
    dialogue = transcript.dialogue
    return Item(
        dialogue=dialogue.key,
        position=row.position,
        speaker=row.speaker,
        person=dialogue.speakers.get(row.speaker, ""),
        text=dialogue.turns[row.position].text,
        form=row.form,
        start=row.start,
        end=row.end,
        overlap=row.overlap,
        split=row.split,
        contexts={count: transcript.context(row.position, count) for count in turns},
    )
