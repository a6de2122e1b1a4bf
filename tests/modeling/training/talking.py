"""The invented dialogues of `tests.modeling.ml.lm.talk` as a corpus in the database."""

import json
from pathlib import Path

from corpus.models import Corpus
from corpus.services import extract_backchannels, import_dialogues
from tests.modeling.ml.lm.talk import TOPICS, Talk

SETTINGS = {"scratch": "tiny", "epochs": 2, "block": 64, "batch": 4, "micro": 4, "precision": "float32"}
"""A second or two of training."""


def write_talk(path: Path, *, size: int = 20) -> Path:
    """Write dialogues whose backchannels are tagged, as JSON lines."""
    with path.open("w") as file:
        for key, turns in Talk(size=size)._dialogues("train"):
            told = [{"speaker": s, "text": w, "tag": "b" if w in TOPICS.values() else "sd"} for s, w in turns]
            file.write(json.dumps({"dialogue": key, "turns": told}) + "\n")
    return path


def talk_corpus(folder: Path, *, size: int = 20) -> Corpus:
    """Import them and extract their backchannels."""
    import_dialogues(path=write_talk(folder / "talk.jsonl", size=size), corpus_slug="talk", format_name="jsonl")
    extract_backchannels(corpus_slug="talk", method=None, given={})
    return Corpus.objects.get(slug="talk")
