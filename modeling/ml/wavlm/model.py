"""A hidden layer of WavLM for padded batches."""

from typing import Any

import torch
from torch import Tensor

from modeling.ml.wavlm.convolution import FrameFeatures, frame_counts
from modeling.ml.wavlm.transformer import Transformer


class HiddenLayer:
    """Waveforms to the frames of one layer of a loaded `WavLMModel`; the layers after it are not computed.

    Takes the model over: it is changed and of no other use afterwards.
    """

    def __init__(self, model: Any, *, layer: int, half: bool) -> None:
        self._config = model.config
        self._features = FrameFeatures(model)
        self._project = model.feature_projection
        self._transformer = Transformer(model, layer=layer, half=half)
        self.receptive_field = self._features.receptive_field

    @torch.inference_mode()
    def __call__(self, waveforms: Tensor, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Return the layer's frames (n, frames, dim) float32 and the mask (n, frames) of each clip's own.

        `waveforms` (n, longest) float32, padded with zeros at the end; `samples` (n,) counts each clip's own, at least
        `receptive_field`.
        """
        hidden, _ = self._project(self._features(waveforms, samples))
        counts = frame_counts(samples, self._config.conv_kernel, self._config.conv_stride)
        own = torch.arange(hidden.shape[1], device=counts.device) < counts[:, None]
        return self._transformer(hidden, own), own
