"""A hidden layer of WavLM for a batch of clips."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from modeling.ml.wavlm.convolution import FrameFeatures
from modeling.ml.wavlm.packing import Clips
from modeling.ml.wavlm.transformer import Transformer


class HiddenLayer:
    """Waveforms to the frames of one layer of a loaded `WavLMModel`; the layers after it are not computed.

    Takes the model over: it is changed and of no other use afterwards.
    """

    def __init__(self, model: Any, *, layer: int, half: bool) -> None:
        self._features = FrameFeatures(model)
        self._project = model.feature_projection
        self._transformer = Transformer(model, layer=layer, half=half)
        self.receptive_field = self._features.receptive_field

    @torch.inference_mode()
    def __call__(self, waveforms: Sequence[Tensor]) -> list[Tensor]:
        """Return each clip's frames of the layer, (its frames, dim) float32.

        `waveforms` are clips (samples,) float32 of at least `receptive_field` samples each.
        """
        features = [self._features(waveform) for waveform in waveforms]
        clips = Clips([len(each) for each in features])
        hidden, _ = self._project(torch.cat(features))
        return clips.apart(self._transformer(hidden, clips))
