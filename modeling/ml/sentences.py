"""General text encoders as sentence-transformers saves them, by folder or name: a baseline for contexts."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from modeling.ml.encoders.base import library_versions
from modeling.ml.vectors.embedders import TEXTS, space_digest
from modeling.ml.vectors.store import Vectors
from modeling.ml.weights import find_sentence_encoder


class SentenceEmbedder:
    """A loaded sentence encoder; texts go in as they are, its own pooling and normalisation stay."""

    batch = TEXTS

    def __init__(self, name: str) -> None:
        """Load it. Raises `WeightsUnavailableError`."""
        from sentence_transformers import SentenceTransformer

        from modeling.ml.precision import device

        folder = find_sentence_encoder(name)
        self._model = SentenceTransformer(str(folder), device=device(), local_files_only=True)
        self.space = space_digest("sentence encoder", folder_digest(folder))
        self.versions = library_versions("torch", "transformers", "sentence-transformers")
        self.width = self.embed(["so"]).shape[1]

    def embed(self, contents: Sequence[str]) -> Vectors:
        """Return vectors of texts."""
        found = self._model.encode(list(contents), batch_size=64, show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(found, dtype=np.float32)


def folder_digest(folder: Path) -> str:
    """Return the SHA-256 over what decides a model's vectors: all of its files but those that describe it."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".json", ".safetensors", ".bin", ".txt", ".model"):
            with path.open("rb") as file:
                name = path.relative_to(folder).as_posix()
                whole.update(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()
