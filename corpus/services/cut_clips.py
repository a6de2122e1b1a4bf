"""Cut backchannels, and what came before them, out of recordings: a folder that `import_stimuli` reads."""

import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from corpus.audio import AudioFaultsError, cut, probe
from corpus.errors import DomainError, Fault
from corpus.importers.stimuli import COLUMNS
from corpus.models import Extraction
from corpus.queries.dialogues import Item, items_of
from corpus.queries.recordings import Sides, sides_of

_MARGIN = 0.05  # seconds kept at both ends of a backchannel: times in transcripts are not exact
_SHORTEST_CONTEXT = 0.5  # seconds
_LONGEST_CLIP = 5.0  # seconds; aligners give some words of a second half a minute
_TRANSCRIPT_TURNS = 3
_FURTHER = ("response", "split", "form", "overlap")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ClipsCut:
    """What was written: the CSV, the number of clips with contexts, of items without sound, and what was left out."""

    csv: Path
    pairs: int
    without_sound: int
    left_out: tuple[Fault, ...]


def _silently(done: int, of: int) -> None:
    """Tell nobody how far it is."""


def cut_clips(
    *, extraction: Extraction, folder: Path, context_seconds: float = 10.0, progress: Progress = _silently
) -> ClipsCut:
    """Write a WAV of each backchannel (its speaker's channel, a margin of 50 ms) and of the context before it.

    A context is the last `context_seconds` of the dialogue before the backchannel begins, each speaker on a channel of
    their own where two speak, all on one where more do. `stimuli.csv` beside the sounds names both; the context's
    transcript is its last 3 turns and its `response` the backchannel. What listeners could not be given, because it
    is silent, clipped or at the very beginning, is left out and listed.

    Raises:
        DomainError: the folder is in use, no backchannel has sound, or the seconds make no sense.

    """
    if not context_seconds >= _SHORTEST_CONTEXT:
        raise DomainError(f"A context of {context_seconds:g} s is too short. Give at least {_SHORTEST_CONTEXT} s.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DomainError(f"{folder} is in use. Name a new or an empty folder.")
    sides = sides_of(extraction.corpus)
    if not sides:
        raise DomainError(
            "No dialogue has sound. Import the dialogues again with --audio FOLDER; nothing else changes."
        )
    (folder / "clips").mkdir(parents=True)
    place, pairs, without = folder / "stimuli.csv", 0, 0
    left_out: list[Fault] = []
    with ExitStack() as stack:
        file = stack.enter_context(place.open("w", encoding="utf-8", newline=""))
        writer = csv.DictWriter(file, [*COLUMNS, *_FURTHER])
        writer.writeheader()
        for done, item in enumerate(items_of(extraction, turns=(_TRANSCRIPT_TURNS,)), start=1):
            found = sides.get(item.dialogue, {})
            if item.speaker not in found or item.start is None or item.end is None:
                without += 1
            elif fault := _cut(folder, item, found, context_seconds):
                left_out.append(fault)
            else:
                writer.writerows(_rows(item, context_seconds))
                pairs += 1
            progress(done, extraction.item_count)
    if not pairs:
        raise DomainError(_nothing(without, left_out))
    return ClipsCut(place, pairs, without, tuple(left_out))


def _nothing(without: int, left_out: list[Fault]) -> str:
    why = f" The first of {len(left_out)} faults: {left_out[0]}" if left_out else ""
    return f"No clip could be cut: {without} backchannels have no sound or no times.{why}"


def _name(item: Item) -> str:
    """Return the id of a backchannel: dialogue and position, whatever the dialogue's name holds."""
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in item.dialogue)
    return f"{safe[:100]}-{item.position:05d}"


def _cut(folder: Path, item: Item, sides: Sides, context_seconds: float) -> Fault | None:
    """Write both sounds of an item; return why it cannot be used, having removed them again."""
    assert item.start is not None
    assert item.end is not None
    name, begin = _name(item), max(item.start - context_seconds, 0.0)
    where = Fault(item.dialogue, 0, f"utterance {item.position}", "", "")
    if item.start - begin < _SHORTEST_CONTEXT:
        return _because(where, "there is nothing before it", "Nothing needs to be done: it cannot have a context")
    if item.end - item.start > _LONGEST_CLIP:
        return _because(where, f"it lasts {item.end - item.start:.1f} s", "Correct its times, or leave it out")
    own, channel = sides[item.speaker]
    sound, rate = cut(own, channel, item.start - _MARGIN, item.end + _MARGIN)
    files = [_write(folder, name, sound, rate), _write(folder, f"{name}-context", *_context(sides, begin, item.start))]
    for file in files:
        try:
            probe(file)
        except AudioFaultsError as error:
            for one in files:
                one.unlink()
            return _because(where, f"{file.stem}: {error.faults[0].what}", "Look at its times, or leave it out")
    return None


def _because(where: Fault, what: str, mend: str) -> Fault:
    return Fault(where.file, where.line, where.column, what, mend)


def _write(folder: Path, name: str, samples: np.ndarray, rate: int) -> Path:
    place = folder / "clips" / f"{name}.wav"
    sf.write(place, samples, rate, subtype="PCM_16")
    return place


def _context(sides: Sides, start: float, end: float) -> tuple[np.ndarray, int]:
    """Return (samples, rate) of all speakers: two on a channel each, one or more than two on one."""
    cuts = [cut(*sides[tag], start, end) for tag in sorted(sides)]
    rate = cuts[0][1]
    if any(other != rate for _, other in cuts):
        return cuts[0]  # of different rates nothing can be put beside; the first speaker's side remains
    length = min(len(samples) for samples, _ in cuts)
    together = np.hstack([samples[:length] for samples, _ in cuts])
    return (together if together.shape[1] == 2 else together.mean(axis=1, keepdims=True)), rate


def _rows(item: Item, context_seconds: float) -> Iterator[dict[str, Any]]:
    assert item.start is not None
    name = _name(item)
    shared = {"dialogue": item.dialogue, "split": item.split}
    yield {
        "stimulus": name,
        "path": f"clips/{name}.wav",
        "role": "backchannel",
        "token": item.form[:80],
        "speaker": (item.person or f"{item.dialogue} {item.speaker}")[:80],
        "start": item.start,
        "end": item.end,
        "form": item.form,
        "overlap": "" if item.overlap is None else int(item.overlap),
    } | shared
    yield {
        "stimulus": f"{name}-context",
        "path": f"clips/{name}-context.wav",
        "role": "context",
        "start": max(item.start - context_seconds, 0.0),
        "end": item.start,
        "transcript": item.contexts[_TRANSCRIPT_TURNS],
        "response": name,
    } | shared
