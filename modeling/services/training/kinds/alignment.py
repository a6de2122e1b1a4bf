"""A transform of an embedding run fitted to people's triads (`modeling.ml.alignment`): always reported as fitted."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.models import Corpus
from modeling.enums import RunState
from modeling.errors import RunError
from modeling.models import EmbeddingRun, TrainingRun
from modeling.queries.runs import run_by_digest
from modeling.queries.vectors import vectors_of
from modeling.services.judgements import frozen_judgements
from modeling.services.training.base import Kind, Listener, Outcome, Table

CHANCE_BITS = 1.585


class Alignment(Kind):
    """Fitting, cross-validated over clips."""

    title = "transform fitted to people"
    queue = "cpu"
    data_word = "folds"

    def complete(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings with defaults."""
        from modeling.ml.alignment.settings import complete

        return complete(raw).as_json()

    def label(self, settings: Mapping[str, Any]) -> str:
        """Return a name that begins with "fitted" and ends with the run that is transformed."""
        rank = "full rank" if settings["rank"] is None else f"rank {settings['rank']}"
        return f"fitted {rank}: {run_by_digest(settings['embedding']).label}"[:120]

    def data_digest(self, corpus: Corpus | None, settings: Mapping[str, Any]) -> str:
        """Return the SHA-256 over judgements and embedding run, which must be of one and the same corpus."""
        run = run_by_digest(settings["embedding"])
        _check(run, frozen_judgements(settings["judgements"]).source)
        return hashlib.sha256(f"{settings['judgements']} {run.digest}".encode()).hexdigest()

    def train(self, run: TrainingRun, folder: Path, listener: Listener) -> Outcome:
        """Fit fold by fold, then to all judgements."""
        from modeling.ml.alignment.run import align_run
        from modeling.ml.alignment.settings import complete

        settings = complete(run.settings)
        embedding, frozen = run_by_digest(settings.embedding), frozen_judgements(settings.judgements)
        listener.say("Fitting on clips, testing on others")
        metrics, total = align_run(
            vectors_of(embedding, frozen.keys), frozen, settings,
            folder=folder, of=run.digest, about={"label": run.label, "embedding": _told(embedding)}, listener=listener,
        )  # fmt: skip
        return Outcome(metrics, run.done, total)

    def tables(self, metrics: Mapping[str, Any]) -> Sequence[Table]:
        """Return held-out figures beside those of the embeddings as they are, on the same triads."""
        if not metrics:
            return []
        raw, fitted = metrics["raw"], metrics["fitted"]
        rows = (
            ("embeddings as they are", f"{raw['accuracy']:.3f}", f"{raw['bits']:.3f}"),
            ("fitted transform", f"{fitted['accuracy']:.3f}", f"{fitted['bits']:.3f}"),
            ("chance", f"{1 / 3:.3f}", f"{CHANCE_BITS:.3f}"),
        )
        about = (
            f"{metrics['triads']} triads of {metrics['clips']} clips, {metrics['judgements']} judgements, "
            f"{metrics['folds']} folds"
        )
        heads = ("space", "held-out accuracy", "log-loss in bits")
        return [
            Table(f"Fitted to people, tested on clips never seen in training ({about})", heads, rows),
            _how(metrics),
        ]


def _how(metrics: Mapping[str, Any]) -> Table:
    strengths = metrics["strengths"]
    fewest, most = min(metrics["trained_on"]), max(metrics["trained_on"])
    rows = (
        ("judgements that a fold is fitted to", f"{fewest} to {most}"),
        ("penalty chosen in the folds", f"{min(strengths):g} to {max(strengths):g}"),
        ("penalty of the transform kept", f"{metrics['strength']:g}"),
    )
    return Table("How it was fitted", ("chosen", "value"), rows)


def _check(run: EmbeddingRun, source: Mapping[str, Any]) -> None:
    if run.state != RunState.FINISHED:
        raise RunError(f"The embedding run {run.label} is not finished. Finish it: manage.py embed {run.corpus.slug}")
    if "corpus" not in source:
        raise RunError(
            f"{source.get('file', 'This file')} does not tell of which corpus its clips are. Transforms are fitted to "
            "the answers of a study: give its slug, or the folder that export_agreement wrote."
        )
    if source["corpus_digest"] != run.corpus_digest:
        raise RunError(
            f"The judgements are of corpus {source['corpus']!r} with digest {source['corpus_digest'][:12]}, the "
            f"embedding run of {run.corpus.slug!r} with {run.corpus_digest[:12]}. Embed that corpus as it was, "
            "or export again."
        )


def _told(run: EmbeddingRun) -> dict[str, Any]:
    return {
        "digest": run.digest,
        "label": run.label,
        "encoder": run.encoder,
        "settings": run.settings,
        "weights_digest": run.weights_digest,
        "corpus_digest": run.corpus_digest,
    }


KIND = Alignment()
