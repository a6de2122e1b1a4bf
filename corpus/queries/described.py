"""Stimuli as `stimuli.csv` describes them, and the digest over a corpus."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from corpus.models import Corpus, Stimulus


class Described(NamedTuple):
    """What makes a stimulus the one it is; not where its file lay, only what was in it."""

    stimulus: str
    role: str
    token: str
    speaker: str
    dialogue: str
    channel: int | None
    start: float | None
    end: float | None
    transcript: str
    attributes: dict[str, str]
    sha256: str


def described_stimuli(corpus: Corpus) -> dict[str, Described]:
    """Return every stimulus of the corpus by its id."""
    fields = ("key", "role", "token", "speaker", "dialogue", "channel", "start", "end", "transcript", "attributes")
    rows = Stimulus.objects.filter(corpus=corpus).order_by().values_list(*fields, "audio__sha256")
    return {row[0]: Described(*row) for row in rows}


def stimuli_digest(stimuli: Iterable[Described]) -> str:
    """Return the SHA-256 over the stimuli, whatever order they come in; empty for none."""
    lines = [json.dumps(one._asdict(), sort_keys=True, separators=(",", ":")) for one in sorted(stimuli, key=_id)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""


def _id(one: Described) -> Any:
    return one.stimulus
