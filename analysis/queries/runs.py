"""Finished embedding runs, and which of them figures show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.errors import UnknownRunError
from modeling.enums import RunState
from modeling.models import EmbeddingRun


@dataclass(frozen=True, slots=True)
class Model:
    """A finished embedding run as figures name it: `name` is its label, with its digest where labels coincide."""

    pk: int
    name: str
    digest: str
    encoder: str
    settings: dict[str, object]
    weights_digest: str
    corpus_digest: str
    versions: dict[str, object]


def finished_runs(corpus_pk: int) -> list[EmbeddingRun]:
    """Return every finished run of a corpus, in an order that is the same in every database."""
    runs = EmbeddingRun.objects.filter(corpus=corpus_pk, state=RunState.FINISHED)
    return sorted(runs, key=lambda run: (run.encoder, run.label, run.digest))


def run_named(name: str, runs: Sequence[EmbeddingRun]) -> EmbeddingRun:
    """Return the run whose label or start of digest is `name`; raise `UnknownRunError` unless it is one run."""
    found = [run for run in runs if run.label == name] or [run for run in runs if run.digest.startswith(name)]
    if not name or len(found) != 1:
        raise UnknownRunError.named(name, [f"{run.label} ({run.digest[:12]})" for run in runs])
    return found[0]


def models_shown(corpus_pk: int, *, corpus_digest: str, names: Sequence[str] = ()) -> list[Model]:
    """Return the models that figures show: those named, else one run per encoder and settings.

    Where a corpus has grown, several runs differ in nothing but the corpus they saw; the one of `corpus_digest`
    is shown, else the last that finished.
    """
    runs = finished_runs(corpus_pk)
    if names:
        chosen = list({run.pk: run for run in (run_named(name, runs) for name in names)}.values())
    else:
        best: dict[tuple[str, str, str], EmbeddingRun] = {}
        for run in sorted(runs, key=lambda run: (run.corpus_digest == corpus_digest, str(run.finished_at), run.digest)):
            best[run.encoder, run.label, repr(sorted(run.settings.items()))] = run
        chosen = [run for run in runs if run in best.values()]
    labels = Counter(run.label for run in chosen)
    return [_model(run, alone=labels[run.label] == 1) for run in chosen]


def _model(run: EmbeddingRun, *, alone: bool) -> Model:
    name = run.label if alone else f"{run.label} ({run.digest[:8]})"
    return Model(
        run.pk, name, run.digest, run.encoder, run.settings, run.weights_digest, run.corpus_digest, run.versions
    )
