"""Embedding vectors as arrays."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from modeling.models import Embedding, EmbeddingRun


def unit_vectors(run: EmbeddingRun, stimuli: Iterable[int]) -> dict[int, npt.NDArray[np.float64]]:
    """Return the run's vectors of those stimuli (rows by primary key), each of length 1.

    A stimulus that the run lacks is left out, and so is one whose vector is zero or not finite: it has no cosine.
    """
    wanted = set(stimuli)
    rows = Embedding.objects.filter(run=run, stimulus__corpus=run.corpus_id).values_list("stimulus_id", "vector")
    vectors: dict[int, npt.NDArray[np.float64]] = {}
    for stimulus, blob in rows.iterator():
        if stimulus not in wanted:
            continue
        vector = np.frombuffer(blob, dtype="<f4").astype(np.float64)
        length = float(np.linalg.norm(vector))
        if np.isfinite(length) and length > 0:
            vectors[stimulus] = vector / length
    return vectors
