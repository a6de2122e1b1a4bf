"""Vectors of an embedding run as an array."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from modeling.enums import RunState
from modeling.errors import RunError
from modeling.models import Embedding, EmbeddingRun


def embedding_named(name: str, corpus_slug: str) -> EmbeddingRun:
    """Return the finished run of a corpus whose label or start of digest is `name`; the latest of equal labels.

    Raises `RunError` if there is none, or a digest begins several.
    """
    runs = list(EmbeddingRun.objects.filter(corpus__slug=corpus_slug, state=RunState.FINISHED).order_by("-finished_at"))
    found = [run for run in runs if run.label == name][:1] or [run for run in runs if run.digest.startswith(name)]
    if not name or len(found) != 1:
        known = ", ".join(f"{run.label} ({run.digest[:12]})" for run in runs) or "none"
        raise RunError(
            f"{'Several runs are' if len(found) > 1 else 'No finished embedding run is'} called {name!r} on corpus "
            f"{corpus_slug!r}. There: {known}. Embed first: manage.py embed {corpus_slug} --encoder NAME"
        )
    return found[0]


def vectors_of(run: EmbeddingRun, keys: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return the vectors (n, d) of the stimuli with these keys; raise `RunError` naming those that have none."""
    rows = Embedding.objects.filter(run=run, stimulus__corpus=run.corpus_id).values_list("stimulus__key", "vector")
    wanted = set(keys)
    vectors = {key: np.frombuffer(blob, dtype="<f4") for key, blob in rows.iterator() if key in wanted}
    absent = [key for key in keys if key not in vectors or not vectors[key].any()]
    if absent:
        more = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
        raise RunError(
            f"The run {run.label} has no vector for {', '.join(absent[:5])}{more}. Embed the corpus as it is now: "
            f"manage.py embed {run.corpus.slug} --encoder {run.encoder}"
        )
    return np.stack([vectors[key] for key in keys]).astype(np.float64)
