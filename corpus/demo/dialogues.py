"""The dialogues, the rule that says which prosody suits them, and who responds to which."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from corpus.demo.prosody import PROSODIES
from corpus.demo.voices import LISTENERS, TELLERS, Voice
from corpus.demo.words import WORDS, Word

TEXTS = Path(__file__).with_name("texts")


@dataclass(frozen=True, slots=True)
class Situation:
    """A kind of dialogue and the prosody that suits a response to it (the planted rule).

    `when` in words; `suits` names a prosody; `words` are those that fit; `telling` is how espeak-ng speaks the teller:
    `rate` in words per minute, `pitch` and `range_` from 0 to 99; `dialogues` holds (A's turn, B's turn) each.
    """

    name: str
    when: str
    suits: str
    words: tuple[str, ...]
    telling: dict[str, int]
    dialogues: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The end of one dialogue: A (`listener`) says `first`, B (`teller`) says `last`, A responds with `word`."""

    name: str
    situation: Situation
    first: str
    last: str
    teller: Voice
    listener: Voice
    word: Word

    @property
    def transcript(self) -> str:
        """Both turns, on one line."""
        return f"A: {self.first} / B: {self.last}"


def situations() -> list[Situation]:
    """Read the situations and their dialogues from `texts/dialogues.yaml`."""
    read = yaml.safe_load((TEXTS / "dialogues.yaml").read_text(encoding="utf-8"))["situations"]
    return [
        Situation(
            name=name,
            when=entry["when"],
            suits=entry["suits"],
            words=tuple(entry["words"]),
            telling=entry["telling"],
            dialogues=tuple((first, last) for first, last in entry["dialogues"]),
        )
        for name, entry in read.items()
    ]


def plan(*, seed: int) -> list[Dialogue]:
    """Give every dialogue its teller and its true response, no clip twice and every listener about as often."""
    rng = np.random.default_rng([seed, 0])
    return list(_cast(situations(), rng))


def _cast(kinds: list[Situation], rng: np.random.Generator) -> Iterator[Dialogue]:
    free = {prosody.name: [(voice, word) for voice in LISTENERS for word in WORDS] for prosody in PROSODIES}
    turns_of: Counter[Voice] = Counter()
    said: Counter[tuple[str, str]] = Counter()
    for number, (kind, (first, last)) in enumerate((k, d) for k in kinds for d in k.dialogues):
        open_clips = [clip for clip in free[kind.suits] if clip[1].token in kind.words]
        order = rng.permutation(len(open_clips))
        listener, word = min(
            (open_clips[i] for i in order), key=lambda c: (turns_of[c[0]], said[kind.name, c[1].token])
        )
        free[kind.suits].remove((listener, word))
        turns_of[listener] += 1
        said[kind.name, word.token] += 1
        teller = TELLERS[number % len(TELLERS)]
        yield Dialogue(f"d{number + 1:02d}", kind, first, last, teller, listener, word)
