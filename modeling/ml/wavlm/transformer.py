"""WavLM's transformer up to a wanted layer, on clips packed one after the other (Chen et al. 2022, III-A).

There is no padding: products work on the rows of all clips at once, attention within each clip.
"""

from typing import Any, cast

import torch
from torch import Tensor
from torch.nn.utils import parametrize

from modeling.ml.wavlm.attention import Attention, position_table
from modeling.ml.wavlm.packing import Clips
from modeling.ml.wavlm.products import product
from modeling.ml.wavlm.windows import Convolution


class Layer:
    """One layer, from the transformers module's weights. `stable`: the norms stand before the parts, not after."""

    def __init__(self, module: Any, *, stable: bool, half: bool) -> None:
        self._stable = stable
        self._attention = Attention(module.attention, half=half)
        self._norm, self._final_norm = module.layer_norm, module.final_layer_norm
        feed = module.feed_forward
        self._wide = product(feed.intermediate_dense.weight, feed.intermediate_dense.bias, half=half)
        self._narrow = product(feed.output_dense.weight, feed.output_dense.bias, half=half)
        self._activation = feed.intermediate_act_fn

    def __call__(self, hidden: Tensor, tables: dict[int, Tensor], clips: Clips) -> Tensor:
        """Return the layer's frames (all frames, dim); arguments as of `Attention`."""
        if self._stable:
            hidden = hidden + self._attention(self._norm(hidden), tables, clips)
            return hidden + self._feed_forward(self._final_norm(hidden), clips)
        hidden = self._norm(hidden + self._attention(hidden, tables, clips))
        return cast(Tensor, self._final_norm(hidden + self._feed_forward(hidden, clips)))

    def _feed_forward(self, hidden: Tensor, clips: Clips) -> Tensor:
        return self._narrow(self._wide.activated(hidden, clips, self._activation), clips)


class Transformer:
    """The layers 1 to `layer` of a loaded `WavLMModel`; layer 0 is what the first of them gets.

    `half` computes the matrix products in bfloat16 (see `CentredProduct`); sums and norms stay float32.
    """

    def __init__(self, model: Any, *, layer: int, half: bool) -> None:
        encoder = model.encoder
        self._stable = bool(model.config.do_stable_layer_norm)
        self._is_last = layer == model.config.num_hidden_layers
        self._norm = encoder.layer_norm
        self._positions = PositionConvolution(encoder.pos_conv_embed, half=half)
        self._first_attention = encoder.layers[0].attention
        self._layers = [Layer(module, stable=self._stable, half=half) for module in encoder.layers[:layer]]

    @torch.inference_mode()
    def __call__(self, hidden: Tensor, clips: Clips) -> Tensor:
        """Return the wanted layer's frames (all frames, dim) float32 from the projected features of that shape.

        The last layer of a model with `do_stable_layer_norm` includes the norm that follows it.
        """
        hidden = hidden + torch.cat([self._positions(one) for one in clips.apart(hidden)])
        if not self._stable:
            hidden = self._norm(hidden)
        tables = {frames: position_table(self._first_attention, frames) for frames in set(clips.counts)}
        for layer in self._layers:
            hidden = layer(hidden, tables, clips)
        return cast(Tensor, self._norm(hidden)) if self._stable and self._is_last else hidden


class PositionConvolution:
    """The convolution that tells frames where they are, with its weight norm worked out once."""

    def __init__(self, module: Any, *, half: bool) -> None:
        parametrize.remove_parametrizations(module.conv, "weight")
        self._dtype = torch.bfloat16 if half else torch.float32
        self._convolution, self._activation = Convolution(module.conv, self._dtype), module.activation

    def __call__(self, hidden: Tensor) -> Tensor:
        """Return (frames, dim) float32 of one clip's `hidden` of that shape."""
        return self._convolution.activated(hidden.to(self._dtype), self._activation)[: len(hidden)].float()
