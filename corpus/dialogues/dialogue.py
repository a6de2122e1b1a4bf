"""A dialogue as it was transcribed: who said what, and when where that is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Word(NamedTuple):
    """A word and when it was said, in seconds; None where unknown."""

    word: str
    start: float | None
    end: float | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance of one speaker, as the transcript segments it.

    `speaker` is the tag used in the dialogue, such as A; `text` as transcribed; `words` with times where there are
    any, else empty; `tag` is the dialogue act, empty where there is none. Consecutive utterances of one speaker are
    one turn only in the text for language models (`corpus.dialogues.text`).
    """

    speaker: str
    text: str
    words: tuple[Word, ...] = ()
    start: float | None = None
    end: float | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A whole dialogue.

    `turns` in the order of their starts; `speakers` maps each tag to a person, empty where unknown; `attributes`: what
    else the source says, such as `split`, the part of a corpus (train, validation, test) that it came in.
    """

    key: str
    turns: tuple[Turn, ...]
    speakers: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def people(self) -> frozenset[str]:
        """Who is known to take part."""
        return frozenset(person for person in self.speakers.values() if person)

    @property
    def is_timed(self) -> bool:
        """Whether every utterance has its times."""
        return bool(self.turns) and all(turn.start is not None and turn.end is not None for turn in self.turns)
