"""Embeddings of every backchannel item of a corpus, or of the contexts before them: what stage 2 is trained on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.models import Corpus
from modeling.errors import RunError
from modeling.models import TrainingRun
from modeling.queries.dialogues import extraction_by_digest, extraction_to_train_on
from modeling.queries.items import item_count
from modeling.queries.training import training_by_digest
from modeling.services.training.base import Kind, Listener, Outcome, Table
from modeling.services.training.vectors.embedder import embedder_of
from modeling.services.training.vectors.reading import contents_of
from modeling.services.training.vectors.settings import VectorSettings, complete, label


class ItemVectors(Kind):
    """Embedding items straight into a file; nothing but the batch at hand is in memory."""

    title = "item vectors"
    data_word = "items"

    def complete(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings with defaults, folders by their full path."""
        return asdict(complete(raw))

    def label(self, settings: Mapping[str, Any]) -> str:
        """Return what is embedded by what; a run's model by its name and the beginning of its digest."""
        complete_settings = VectorSettings(**settings)
        name = label(complete_settings)
        if complete_settings.run:
            made = training_by_digest(complete_settings.run)
            name = name.replace(f"run {made.digest[:12]}", f"{made} {made.digest[:6]}")
        return name[:120]

    def data_digest(self, corpus: Corpus | None, settings: Mapping[str, Any]) -> str:
        """Return the digest of the corpus's latest extraction."""
        if corpus is None:
            raise RunError("Items are those of a corpus; name one.")
        return extraction_to_train_on(corpus).digest

    def train(self, run: TrainingRun, folder: Path, listener: Listener) -> Outcome:
        """Embed what is not stored yet."""
        from modeling.ml.vectors.filling import fill
        from modeling.ml.vectors.store import VectorStore

        extraction, settings = extraction_by_digest(run.data_digest), VectorSettings(**run.settings)
        listener.say("Loading the model")
        embedder = embedder_of(extraction, settings)
        n = item_count(extraction)
        about = {"extraction": extraction.digest, "settings": run.settings, "space": embedder.space}
        store = VectorStore(folder, n=n, width=embedder.width, about=about)
        listener.say("Embedding items")
        if not fill(store, contents_of(extraction, settings, first=store.done), embedder, listener):
            return Outcome(None, store.done, n)
        card = store.close(versions=embedder.versions, further={"name": settings.name})
        listener.saved(n)
        return Outcome(_metrics(card), n, n)

    def tables(self, metrics: Mapping[str, Any]) -> Sequence[Table]:
        """Return how many items have a vector, and of what length."""
        if not metrics:
            return []
        rows = [
            ("items", f"{metrics['items']:,}"),
            ("left out: no sound, no words, or wrong times", f"{metrics['left_out']:,}"),
            ("numbers in a vector", f"{metrics['width']:,}"),
            ("space", metrics["space"][:12]),
        ]
        return [Table(f"Item vectors: {metrics['name']}", ("what", "value"), tuple(rows))]


def _metrics(card: Mapping[str, Any]) -> dict[str, Any]:
    return {name: card[name] for name in ("name", "items", "left_out", "width", "space", "sha256", "versions")}


KIND = ItemVectors()
