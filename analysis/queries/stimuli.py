"""The stimuli of a corpus as files describe them."""

from dataclasses import dataclass
from typing import Any

from corpus.models import Stimulus


@dataclass(frozen=True, slots=True)
class Sound:
    """A stimulus; `described` holds the columns of stimuli.csv in their order."""

    pk: int
    key: str
    role: str
    token: str
    described: tuple[Any, ...]
    attributes: dict[str, Any]


def sounds_of(corpus_pk: int) -> list[Sound]:
    """Return every stimulus of a corpus in the order of their ids."""
    fields = ("key", "source_path", "role", "token", "speaker", "dialogue", "channel", "start", "end", "transcript")
    rows = Stimulus.objects.filter(corpus=corpus_pk).order_by().values_list("pk", "attributes", *fields)
    sounds = [Sound(pk, cells[0], cells[2], cells[3], tuple(cells), attributes) for pk, attributes, *cells in rows]
    return sorted(sounds, key=lambda sound: sound.key)
