"""Read all dialogues of a path once, to find every fault before anything is stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.dialogues import Dialogue
from corpus.errors import DomainError, Fault
from corpus.importers.dialogues import Format, Options, Reading, Source
from corpus.importers.recordings import ChannelSound, Recordings
from corpus.queries.dialogues import dialogue_digest


@dataclass(slots=True)
class Checked:
    """What a first reading found.

    `fit`: the digest of each dialogue that can be stored, by key; `sounds`: where its speakers' sound is; `faults` of
    the others; `skipped`: those others, as (key, file); `notes`.
    """

    fit: dict[str, str] = field(default_factory=dict)
    sounds: dict[str, Mapping[str, ChannelSound]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def sources_of(chosen: Format, path: Path) -> list[Source]:
    """Return the files of a format at a path. Raises `DomainError` where there are none."""
    if not path.exists():
        raise DomainError(f"There is nothing at {path}. Name a file or a folder.")
    sources = chosen.sources(path)
    if not sources:
        raise DomainError(f"There is no file of the format {chosen.name} in {path}: {chosen.about}.")
    return sources


def readings(chosen: Format, sources: Sequence[Source], options: Options) -> Iterator[Reading]:
    """Read one dialogue after another."""
    for source in sources:
        yield from chosen.read(source, options)


def check_readings(read: Iterator[Reading], there: Mapping[str, str], recordings: Recordings | None) -> Checked:
    """Check every reading: that it can be read, comes once, is what it was before (`there`: digests), can be heard."""
    checked = Checked()
    first: dict[str, str] = {}  # where each dialogue came first; not the dialogue, for only one is to be in memory
    for reading in read:
        checked.notes += reading.notes
        faults = list(reading.faults)
        if reading.dialogue is not None:
            faults += _clashes(reading, first.get(reading.key), there)
            faults += _take(checked, reading.dialogue, recordings) if not faults else []
        first.setdefault(reading.key, reading.file + f":{reading.line}" * bool(reading.line))
        if faults:
            checked.faults += faults
            checked.skipped.append((reading.key, reading.file))
    return checked


def _clashes(reading: Reading, before: str | None, there: Mapping[str, str]) -> list[Fault]:
    assert reading.dialogue is not None
    if before is not None:
        what = f"there is a dialogue {reading.key!r} already, in {before}"
        return [Fault(reading.file, reading.line, "dialogue", what, "Give each dialogue a name of its own")]
    if reading.key in there and there[reading.key] != dialogue_digest(reading.dialogue):
        what = f"dialogue {reading.key!r} was imported with other content"
        mend = "Give the new one another name, or import into a new corpus"
        return [Fault(reading.file, reading.line, "dialogue", what, mend)]
    return []


def _take(checked: Checked, dialogue: Dialogue, recordings: Recordings | None) -> list[Fault]:
    sounds, faults = recordings.of(dialogue) if recordings else ({}, [])
    if not faults:
        checked.fit[dialogue.key] = dialogue_digest(dialogue)
        checked.sounds[dialogue.key] = sounds
    return faults
