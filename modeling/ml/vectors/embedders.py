"""What turns sounds, texts or word forms into vectors, each with the digest of the space that they lie in.

Two embedders with the same `space` put things into one space: the raw encoder can be compared across them.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from modeling.ml.encoders import load_encoder
from modeling.ml.encoders.base import library_versions
from modeling.ml.vectors.store import Vectors

SOUNDS, TEXTS = 64, 512
"""Items that are in memory at once."""
Sound = tuple[np.ndarray, int]


class Embedder(Protocol):
    """Something that embeds a batch of at most `batch` contents."""

    batch: int
    width: int
    space: str
    versions: dict[str, str]

    def embed(self, contents: Sequence[Any]) -> Vectors:
        """Return vectors (len(contents), width) float32."""


class SoundEmbedder:
    """An encoder over (samples, rate) pairs."""

    batch = SOUNDS

    def __init__(self, encoder: str, settings: Mapping[str, Any]) -> None:
        self._encoder = load_encoder(encoder, settings)
        how = {name: value for name, value in settings.items() if name != "weights"}
        self.space = space_digest("sound", encoder, how, self._encoder.weights_digest)
        self.versions = self._encoder.versions
        probe = np.sin(np.arange(8000) / 20, dtype=np.float32)
        self.width = self._encoder.encode([probe], [16_000]).shape[1]

    def embed(self, contents: Sequence[Sound]) -> Vectors:
        """Return vectors of sounds."""
        return self._encoder.encode([samples for samples, _ in contents], [rate for _, rate in contents])


class TextEmbedder:
    """A causal language model: last layer, last token (`modeling.ml.lm.context`)."""

    batch = TEXTS

    def __init__(self, name: str, *, markers: Sequence[str] = (), precision: str = "float32") -> None:
        from modeling.ml.lm.base import digest, load_model
        from modeling.ml.precision import check_bfloat16, device

        if precision == "bfloat16":
            check_bfloat16()
        self._model, self._tokenizer = load_model(name, markers=markers, dtype=precision)
        self._model.to(device()).eval()
        self.space = space_digest("language model", digest(name), sorted(markers), precision)
        self.versions = library_versions("torch", "transformers", "tokenizers")
        self.width = int(self._model.config.hidden_size)

    def embed(self, contents: Sequence[str]) -> Vectors:
        """Return vectors of texts, none empty."""
        from modeling.ml.lm.context import embed_contexts

        return embed_contexts(self._model, self._tokenizer, contents)


class FormEmbedder:
    """The word form as an indicator, for corpora without sound: one place for each known form, the last for others."""

    batch = 4096

    def __init__(self, forms: Sequence[str]) -> None:
        self._place = {form: place for place, form in enumerate(forms)}
        self.width = len(forms) + 1
        self.space = space_digest("word form indicator", list(forms))
        self.versions = library_versions("numpy")

    def embed(self, contents: Sequence[str]) -> Vectors:
        """Return indicators of forms."""
        vectors = np.zeros((len(contents), self.width), dtype=np.float32)
        vectors[np.arange(len(contents)), [self._place.get(form, self.width - 1) for form in contents]] = 1
        return vectors


def space_digest(*told: Any) -> str:
    """Return the SHA-256 over what decides a space."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
