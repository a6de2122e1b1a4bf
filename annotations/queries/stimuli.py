"""Stimuli as planning needs them: an id and what its columns say."""

from collections.abc import Iterable

from annotations.design.clips import Clip
from corpus.importers.stimuli import StimulusRow
from corpus.models import Corpus, Stimulus

COLUMNS = ("role", "token", "speaker", "dialogue", "transcript")


def clips_of_corpus(corpus: Corpus) -> list[Clip]:
    """Return every stimulus of a corpus."""
    stimuli = Stimulus.objects.filter(corpus=corpus).only("key", *COLUMNS, "attributes")
    return [_clip(stimulus.key, stimulus) for stimulus in stimuli]


def clips_of_rows(rows: Iterable[StimulusRow]) -> list[Clip]:
    """Return the stimuli of a file that is not imported yet."""
    return [_clip(row.stimulus, row) for row in rows]


def _clip(key: str, described: Stimulus | StimulusRow) -> Clip:
    own = {column: str(getattr(described, column)) for column in COLUMNS if getattr(described, column)}
    return Clip(key, {name: str(value) for name, value in described.attributes.items()} | own)
