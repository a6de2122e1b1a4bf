"""What a format of dialogues is, and how one dialogue is gathered with everything that is wrong with it."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus.dialogues import Dialogue, Turn, Word
from corpus.errors import Fault

LONGEST = {"dialogue": 120, "speaker": 80, "tag": 80}


@dataclass(frozen=True, slots=True)
class Source:
    """The files that are read together: mostly one; a file for each channel where a format has that."""

    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """What the user says of the files: `tiers`, the names of those that hold words; all that fit if empty."""

    tiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """One dialogue as it was read: the dialogue, or None and why not; `notes` on what was passed over."""

    key: str
    file: str
    line: int
    dialogue: Dialogue | None
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its `name` for the command line, what to say `about` it, where in a folder its files are, its reader.

    The reader gives one `Reading` for each dialogue and raises nothing for what a file holds.
    """

    name: str
    about: str
    sources: Callable[[Path], list[Source]]
    read: Callable[[Source, Options], Iterator[Reading]]


@dataclass(slots=True)
class Draft:
    """A dialogue that is being read."""

    file: str
    key: str
    line: int = 0
    speakers: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fault(self, line: int, column: str, what: str, mend: str, file: str = "") -> None:
        """Note what is wrong; `file` where it is not the draft's own."""
        self.faults.append(Fault(file or self.file, line, column, what, mend))

    def note(self, what: str) -> None:
        """Note what is worth knowing and no fault."""
        self.notes.append(f"{self.file}: {what}")

    def add(self, turn: Turn, line: int, person: str = "") -> None:
        """Add an utterance after checking it; `line` is where it begins."""
        before = len(self.faults)
        self._check_name("speaker", turn.speaker, line)
        self._check_name("tag", turn.tag, line, may_be_empty=True)
        if not turn.text.strip():
            self.fault(line, "", "the utterance has no words", "Write what was said, or remove the line")
        if not all(_can_be_stored(text) for text in (turn.text, *(word.word for word in turn.words))):
            self.fault(line, "", "there is a character in it that no database keeps (NUL or half a pair)", "Remove it")
        if turn.words or turn.start is not None or turn.end is not None:
            self._check_times(turn, line)
        if len(self.faults) == before:
            self.turns.append(turn)
            self.meet(turn.speaker, person, line)

    def meet(self, tag: str, person: str, line: int) -> None:
        """Note who speaks as `tag`; a person once named stays."""
        known = self.speakers.setdefault(tag, person)
        if person and known and known != person:
            what = f"speaker {tag} is {person!r} here and was {known!r} before"
            self.fault(line, "speaker", what, "Give two people two tags")
        self.speakers[tag] = known or person

    def reading(self) -> Reading:
        """Return what came of it: turns sorted by start where all have one, else in the order of the file."""
        self._check_name("dialogue", self.key, self.line)
        if not self.turns and not self.faults:
            self.fault(self.line, "", "there are no utterances in it", "Give a file that holds a dialogue")
        turns = self.turns
        if all(turn.start is not None for turn in turns):
            turns = sorted(turns, key=lambda turn: turn.start or 0.0)
        dialogue = None if self.faults else Dialogue(self.key, tuple(turns), self.speakers, self.attributes)
        return Reading(self.key, self.file, self.line, dialogue, tuple(self.faults), tuple(self.notes))

    def _check_name(self, kind: str, name: str, line: int, *, may_be_empty: bool = False) -> None:
        if not name and not may_be_empty:
            self.fault(line, kind, f"the {kind} is not named", f"Name the {kind}")
        elif len(name) > LONGEST[kind]:
            self.fault(line, kind, f"{len(name)} characters are too many", f"Use {LONGEST[kind]} at most")
        elif not name.isprintable() and name:
            self.fault(line, kind, f"{name!r} holds a character that cannot be printed", "Remove it")

    def _check_times(self, turn: Turn, line: int) -> None:
        if (turn.start is None) != (turn.end is None):
            self.fault(line, "", "it has only one of start and end", "Give both or neither")
        spans = [(turn.start, turn.end, "the utterance"), *((w.start, w.end, f"{w.word!r}") for w in turn.words)]
        for start, end, what in spans:
            if start is not None and end is not None and end < start:
                told = f"the end of {what}, {end:g} s, is before its start, {start:g} s"
                self.fault(line, "end", told, "Correct one of them")
            if not all(time is None or math.isfinite(time) for time in (start, end)):
                self.fault(line, "", f"a time of {what} is not a finite number", "Give seconds, such as 12.35")
            if start is not None and start < 0:
                self.fault(
                    line, "start", f"{what} begins at {start:g} s", "Count seconds from the dialogue's beginning"
                )


def _can_be_stored(text: str) -> bool:
    return (text.isascii() and "\0" not in text) or not re.search("[\0\ud800-\udfff]", text)


def span_of(words: tuple[Word, ...]) -> tuple[float | None, float | None]:
    """Return the first start and the last end, in seconds, of words; None where they have no times."""
    starts = [word.start for word in words if word.start is not None]
    ends = [word.end for word in words if word.end is not None]
    return (min(starts), max(ends)) if starts and ends else (None, None)
