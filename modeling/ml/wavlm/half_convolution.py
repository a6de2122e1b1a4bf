"""Convolutions over time in bfloat16, as products of windows: rows are steps in time, columns are channels.

With time outside and channels inside, a window of steps is one stretch of memory, so that all windows of a clip are a
matrix without being copied together, and the products are those of `HalfProduct`.
"""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from modeling.ml.wavlm.full_convolution import FullStack
from modeling.ml.wavlm.half import Activation, HalfProduct
from modeling.ml.wavlm.rounding import fed_back


import os
EARLY = int(os.environ.get("EARLY", "3"))
"""Layers in bfloat16: nine tenths of the arithmetic; few steps are left to average the late ones' rounding over."""


def windows(steps: Tensor, kernel: int, stride: int) -> Tensor:
    """Return every window of contiguous (steps, channels) as a row: (windows, kernel · channels), a view.

    >>> windows(torch.arange(8).view(4, 2), kernel=2, stride=1)
    tensor([[0, 1, 2, 3],
            [2, 3, 4, 5],
            [4, 5, 6, 7]])
    """
    length, channels = steps.shape
    shape = ((length - kernel) // stride + 1, kernel * channels)
    return steps.as_strided(shape, (stride * channels, 1), steps.storage_offset())


class HalfConvolution:
    """One convolution: (steps, in) bfloat16 → (fewer steps, out) bfloat16.

    `heard` are examples of its input, each (steps, in) float32, to round the weights for (see `rounding`); without
    any they are rounded to the nearest.
    """

    def __init__(self, conv: nn.Conv1d, heard: Sequence[Tensor] = ()) -> None:
        (self._kernel,), (self._stride,) = conv.kernel_size, conv.stride
        self._padding = int(conv.padding[0])
        self._channels = conv.in_channels // conv.groups
        weights = list(conv.weight.unflatten(0, (conv.groups, -1)).transpose(2, 3).flatten(2))
        if heard:
            examples = torch.cat([windows(steps, self._kernel, self._stride) for steps in heard])
            # A quiet frame counts as much as a loud one: the norm that follows makes them alike.
            weights = [fed_back(weight, F.normalize(examples)) for weight in weights]
        self._products = [HalfProduct(weight) for weight in weights]
        self._bias = torch.zeros_like(conv.weight[:, 0, 0]) if conv.bias is None else conv.bias

    def __call__(self, steps: Tensor) -> Tensor:
        """Return the convolution."""
        return self.activated(steps, nn.Identity())

    def activated(self, steps: Tensor, activation: Activation) -> Tensor:
        """Return `activation` of the convolution."""
        padded = F.pad(steps, (0, 0, self._padding, self._padding)) if self._padding else steps
        groups = padded.unflatten(1, (-1, self._channels)).transpose(0, 1).contiguous()
        biases = self._bias.view(len(groups), -1)
        outs = [
            product.activated(windows(group, self._kernel, self._stride), bias, activation)
            for product, group, bias in zip(self._products, groups, biases, strict=True)
        ]
        return torch.cat(outs, dim=1)


class HalfStack:
    """WavLM's convolutional layers after the first, the early ones in bfloat16 and the late ones in float32.

    (steps, channels) float32 → (frames, channels) float32. `normed`: each layer norms over its channels, in float32.
    `heard` are examples of the input.
    """

    def __init__(self, layers: Sequence[Any], *, normed: bool, heard: list[Tensor]) -> None:
        self._normed, self._early = normed, layers[:EARLY]
        self._late = FullStack(layers[EARLY:], normed=normed)
        self._convolutions = []
        for layer in self._early:
            self._convolutions.append(HalfConvolution(layer.conv, heard))
            heard = [FullStack([layer], normed=normed)(steps).contiguous() for steps in heard]

    def __call__(self, steps: Tensor) -> Tensor:
        """Return the features."""
        steps = steps.to(torch.bfloat16)
        for convolve, layer in zip(self._convolutions, self._early, strict=True):
            if self._normed:
                steps = layer.activation(layer.layer_norm(convolve(steps).float())).to(torch.bfloat16)
            else:
                steps = convolve.activated(steps, layer.activation)
        return self._late(steps.float())
