"""Convolutions over time as products of windows: rows are steps in time, columns are channels.

With time outside and channels inside, a window of steps is one stretch of memory, so that the windows of a clip are a
matrix without being copied together, and an `OrderedProduct` does the rest.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from modeling.ml.wavlm.ordered import Activation, OrderedProduct


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


class Convolution:
    """One convolution with its weights in `dtype`: (steps, in) → (steps, out) of `dtype` both."""

    def __init__(self, conv: nn.Conv1d, dtype: torch.dtype) -> None:
        (self._kernel,), (self._stride,) = conv.kernel_size, conv.stride
        self._padding = int(conv.padding[0])
        self._channels = conv.in_channels // conv.groups
        weights = conv.weight.reshape(conv.groups, -1, *conv.weight.shape[1:]).transpose(2, 3).flatten(2)
        self._products = [OrderedProduct(weight, dtype) for weight in weights]
        self._bias = torch.zeros_like(conv.weight[:, 0, 0]) if conv.bias is None else conv.bias

    def __call__(self, steps: Tensor) -> Tensor:
        """Return the convolution."""
        return self.activated(steps, nn.Identity())

    def activated(self, steps: Tensor, activation: Activation) -> Tensor:
        """Return `activation` of the convolution."""
        padded = F.pad(steps, (0, 0, self._padding, self._padding)) if self._padding else steps
        groups = padded.reshape(len(padded), -1, self._channels).transpose(0, 1).contiguous()
        biases = self._bias.view(len(groups), -1)
        outs = [
            product.activated(windows(group, self._kernel, self._stride), bias, activation)
            for product, group, bias in zip(self._products, groups, biases, strict=True)
        ]
        return outs[0] if len(outs) == 1 else torch.cat(outs, dim=1)
