"""From what a researcher asks for to runs: the item vectors that are needed, and a joint run for each combination."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from corpus.models import Corpus
from modeling.errors import RunError
from modeling.models import TrainingRun
from modeling.queries.training import training_by_digest
from modeling.services.training.runs import request_training
from modeling.services.training.vectors.settings import VectorSettings, complete

VARIED = ("dimension", "batch", "depth", "excluded", "seed")
WORDS = {"both": "audio+text"}


@dataclass(frozen=True)
class Models:
    """What embeds: an audio encoder with its settings, a language model, a sentence encoder; empty: none was named."""

    encoder: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    lm: str = ""
    sentences: str = ""
    precision: str = "float32"
    seconds: float = 1.0
    side: str = "both"
    forms: int = 500

    def settings(self, word: str, part: str, turns: int) -> VectorSettings:
        """Return the settings of item vectors for a word such as audio, lm, lm_before, sentences, text or form.

        Raises `RunError` where the model that it needs was not named.
        """
        source, before = self._source(word)
        model = {"audio": self.encoder, "lm": self.lm, "sentences": self.sentences, "form": ""}[source]
        if source != "form" and not model:
            flag = {"audio": "--encoder", "lm": "--lm", "sentences": "--sentences"}[source]
            raise RunError(f"{part} {word!r} needs a model: give {flag} NAME.")
        raw = {
            "part": part, "source": source, "model": model, "options": dict(self.options), "turns": turns,
            "before": before, "precision": self.precision, "seconds": self.seconds, "side": self.side,
            "forms": self.forms,
        }  # fmt: skip
        try:
            return complete(raw)
        except ValueError as error:
            raise RunError(f"{part} {word!r}: {error}") from error

    def _source(self, word: str) -> tuple[str, bool]:
        source = {"text": "lm" if self.lm else "sentences", "lm_before": "lm"}.get(word, word)
        if source not in ("audio", "lm", "sentences", "form"):
            raise RunError(f"There is no {word!r}. Give audio, lm, lm_before, sentences, text or form, joined by +.")
        return source, word == "lm_before"


@dataclass(frozen=True)
class Grid:
    """What is varied: modalities such as audio+lm, turns, and settings of training by name."""

    backchannel: str
    modalities: Sequence[str]
    turns: Sequence[int]
    varied: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def cells(self) -> Iterator[dict[str, Any]]:
        """Yield what tells each run from the others; a modality without words does not depend on turns."""
        for modality in dict.fromkeys(WORDS.get(each, each) for each in self.modalities):
            turns = self.turns if modality != "audio" else self.turns[:1]
            for count, *values in itertools.product(turns, *self.varied.values()):
                cell = {"modality": modality, "turns": count if modality != "audio" else None}
                yield cell | dict(zip(self.varied, values, strict=True))


@dataclass(frozen=True)
class Planned:
    """A joint run, the runs of item vectors that it joins, and its cell."""

    cell: dict[str, Any]
    run: TrainingRun
    vectors: tuple[TrainingRun, ...]


@transaction.atomic
def plan(
    corpus: Corpus, models: Models, grid: Grid, base: Mapping[str, Any], *, name: str = "", revive: bool = False
) -> list[Planned]:
    """Ask for every run; those that there are already are given back. Raises `RunError`; then none was made."""
    cells = [(cell, _settings(models, grid, cell)) for cell in grid.cells()]
    planned = []
    for cell, parts in cells:
        vectors = tuple(_vectors(corpus, one, revive) for one in parts)
        asked = {**base, **{key: value for key, value in cell.items() if key not in ("modality", "turns")}}
        asked |= {"backchannel": vectors[0].digest, "context": [run.digest for run in vectors[1:]]}
        requested = request_training(
            kind="joint", corpus=corpus, settings=asked, name=name, parents=vectors, revive=revive
        )
        planned.append(Planned(cell, requested.run, vectors))
    return planned


def _settings(models: Models, grid: Grid, cell: Mapping[str, Any]) -> list[VectorSettings]:
    turns = cell["turns"] or 1
    words = str(cell["modality"]).split("+")
    contexts = [models.settings(word, "context", turns) for word in words]
    return [models.settings(grid.backchannel, "backchannel", turns), *contexts]


def _vectors(corpus: Corpus, settings: VectorSettings, revive: bool) -> TrainingRun:
    parents = [training_by_digest(settings.run)] if settings.run else []
    return request_training(
        kind="item_vectors", corpus=corpus, settings=asdict(settings), parents=parents, revive=revive
    ).run
