"""`wavlm`: a clip's vector is the mean over its frames of a hidden layer of WavLM (METHODS, The two-stage framework).

Layers count as in transformers' `hidden_states`: 0 is what the first transformer layer gets, n the last one's output;
negative ones count from the end, -1 being the last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from modeling.ml.batching import length_batches
from modeling.ml.encoders.base import Encoder, Vectors, Waveform, check_sounds, library_versions, read_settings
from modeling.ml.errors import EncoderError
from modeling.ml.resampling import resampled
from modeling.ml.weights import find_weights, settled_name

if TYPE_CHECKING:
    import torch

BATCH_S = 24.0
"""Seconds of audio, padding included, in a batch."""
PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True)
class Settings:
    """`weights` is a folder or a name on the hub; `precision` that of the transformer's matrix products."""

    weights: str = "microsoft/wavlm-base-plus"
    layer: int = -1
    pooling: str = "mean"
    precision: str = "float32"

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", settled_name(self.weights))

    def check(self) -> None:
        """Raise `ValueError` for a pooling or a precision that there is not."""
        if not self.weights:
            raise ValueError("weights is empty; give a folder or a name on the hub")
        if self.pooling != "mean":
            raise ValueError(f"there is no pooling {self.pooling!r}; there is mean")
        if self.precision not in PRECISIONS:
            raise ValueError(f"there is no precision {self.precision!r}; there are {' and '.join(PRECISIONS)}")

    def layer_of(self, last: int) -> int:
        """Return the layer counted from 0 in a model whose last is `last`; raises `EncoderError` if there is none."""
        layer = self.layer if self.layer >= 0 else last + 1 + self.layer
        if not 0 <= layer <= last:
            raise EncoderError(
                f"There is no layer {self.layer} in {self.weights}.",
                f"Give one from 0 to {last}, or from -1 (the last) to {-last - 1}.",
            )
        return layer


def label(settings: Settings) -> str:
    """Return a short name: the model, the layer, and the precision where it is reduced."""
    model = PurePath(settings.weights).name
    layer = (
        f"L{settings.layer}"
        if settings.layer >= 0
        else ("last" if settings.layer == -1 else f"last{settings.layer + 1}")
    )
    return f"{model} {layer}" + ("" if settings.precision == "float32" else f" {settings.precision}")


class WavLM(Encoder):
    """A loaded model up to the wanted layer."""

    name = "wavlm"

    @classmethod
    def check_settings(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings complete, with defaults; raise `ValueError` saying what to write instead."""
        return asdict(read_settings(Settings, raw))

    @classmethod
    def label(cls, settings: Mapping[str, Any]) -> str:
        """Return a short name for figures."""
        return label(Settings(**settings))

    @classmethod
    def weights_digest_here(cls, settings: Mapping[str, Any]) -> str | None:
        """Return the digest of the weights that the settings name by a folder, if they do and it holds them."""
        name = Settings(**settings).weights
        return find_weights(name, model_type="wavlm").digest if Path(name).is_dir() else None

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Load the model; what can be found wrong before anything large is imported is."""
        super().__init__(settings)
        chosen = Settings(**settings)
        self._weights = find_weights(chosen.weights, model_type="wavlm")
        layer = chosen.layer_of(int(self._weights.config["num_hidden_layers"]))

        from modeling.ml.precision import check_bfloat16, device
        from modeling.ml.wavlm.loading import load_wavlm
        from modeling.ml.wavlm.model import HiddenLayer

        if half := chosen.precision == "bfloat16":
            check_bfloat16()
        self._device = device()
        self._hidden = HiddenLayer(load_wavlm(self._weights).to(self._device), layer=layer, half=half)
        self._rate = int(self._weights.preprocessor.get("sampling_rate", 16_000))
        self._normalise = bool(self._weights.preprocessor.get("do_normalize", True))

    @property
    def weights_digest(self) -> str:
        """SHA-256 over the weights and what says how to use them."""
        return self._weights.digest

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the libraries that compute, and the kind of processor."""
        return library_versions("torch", "transformers", "soxr") | {"device": self._device}

    def encode(self, waveforms: Sequence[Waveform], rates: Sequence[int]) -> Vectors:
        """Return vectors (n, dimension) of n mono clips, each float32 (samples,) at its rate in Hz."""
        from modeling.ml.pooling import mean_over_frames

        check_sounds(waveforms)
        heard = resampled(waveforms, rates, to=self._rate)
        if self._normalise:
            heard = [normalised(one) for one in heard]
        vectors = np.empty((len(heard), int(self._weights.config["hidden_size"])), dtype=np.float32)
        for batch in length_batches([len(one) for one in heard], budget=int(BATCH_S * self._rate)):
            frames = self._hidden([self._tensor(heard[index]) for index in batch])
            vectors[batch] = mean_over_frames(frames).cpu().numpy()
        return vectors

    def _tensor(self, waveform: Waveform) -> torch.Tensor:
        """Return the clip for the model: one shorter than a frame is filled up to it with silence."""
        import torch

        filled = torch.zeros(max(len(waveform), self._hidden.receptive_field))
        filled[: len(waveform)] = torch.from_numpy(waveform)
        return filled.to(self._device)


def normalised(waveform: Waveform) -> Waveform:
    """Return the clip with mean 0 and variance 1, as transformers' `Wav2Vec2FeatureExtractor` does it."""
    scaled: Any = (waveform - waveform.mean()) / np.sqrt(waveform.var() + 1e-7)
    return np.asarray(scaled, dtype=np.float32)


ENCODER = WavLM
