"""WavLM's convolutional part: a waveform to its frame features.

Chen et al. (2022), section III-A. The base models normalise the first layer's output over the whole time axis (group
norm with one channel a group), so padding would change what a clip's frames look like. Here every clip goes through
alone: on a CPU that is quicker than a padded batch too, because one clip's maps stay in the caches.
"""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from modeling.ml.wavlm.windows import Convolution

PIECE = 150
"""Frames that are computed at once: bounds the memory of clips longer than 3 s."""


def receptive_field(kernels: Sequence[int], strides: Sequence[int]) -> int:
    """Return how many samples one frame sees.

    >>> receptive_field([10, 3, 3, 3, 3, 2, 2], [5, 2, 2, 2, 2, 2, 2])
    400
    """
    samples = 1
    for kernel, stride in zip(reversed(kernels), reversed(strides), strict=True):
        samples = (samples - 1) * stride + kernel
    return samples


class FrameFeatures:
    """The convolutional layers of a loaded `WavLMModel`, in float32.

    With even one of them in bfloat16, beside the transformer, cosines left their tolerance (docs/speed.md).
    """

    def __init__(self, model: Any) -> None:
        kernels, strides = model.config.conv_kernel, model.config.conv_stride
        self.receptive_field, self._hop = receptive_field(kernels, strides), int(torch.tensor(strides).prod())
        self._first, *rest = model.feature_extractor.conv_layers
        self._grouped = model.config.feat_extract_norm == "group"
        self._rest = [(Convolution(layer.conv, torch.float32), self._norm(layer), layer.activation) for layer in rest]

    @torch.inference_mode()
    def __call__(self, waveform: Tensor) -> Tensor:
        """Return the features (frames, channels) of one clip (samples,) of at least `receptive_field` samples."""
        kernel, shift = self._first_weights(waveform)
        frames = (len(waveform) - self.receptive_field) // self._hop + 1
        parts = []
        for start in range(0, frames, PIECE):
            stop = min(start + PIECE, frames)
            heard = waveform[start * self._hop : (stop - 1) * self._hop + self.receptive_field]
            parts.append(
                self._stack(F.linear(heard.unfold(0, kernel.shape[1], self._first.conv.stride[0]), kernel, shift))
            )
        return torch.cat(parts)

    def _stack(self, steps: Tensor) -> Tensor:
        """Return what becomes of the first convolution's output: (steps, channels) → (frames, channels)."""
        norm = self._norm(self._first)
        steps = self._first.activation(norm(steps) if norm else steps)
        for convolution, norm, activation in self._rest:
            steps = convolution.activated(steps, activation) if norm is None else activation(norm(convolution(steps)))
        return steps

    def _norm(self, layer: Any) -> Any:
        """Return the norm over channels that follows a layer's convolution; none where the only one is over time."""
        return None if self._grouped else layer.layer_norm

    def _first_weights(self, waveform: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the first convolution's kernel (channels, kernel) and bias (channels,) for this clip."""
        if self._grouped:
            return fold_group_norm(waveform, self._first.conv, self._first.layer_norm)
        return self._first.conv.weight[:, 0], self._first.conv.bias


def fold_group_norm(waveform: Tensor, conv: Any, norm: Any) -> tuple[Tensor, Tensor]:
    """Fold the norm over time of the first convolution's output into its kernel and bias, for one clip.

    A convolution w of one channel is linear in its windows x, so a channel's mean over time is w·mean(x) and its
    variance wᵀ·Cov(x)·w: two small moments of the clip's windows stand for the whole map (channels, steps), which
    then can be computed in pieces.
    """
    windows = waveform.unfold(0, conv.kernel_size[0], conv.stride[0]).double()
    mean = windows.mean(dim=0)
    covariance = windows.T @ windows / len(windows) - mean[:, None] * mean
    weight = conv.weight[:, 0].double()
    variance = ((weight @ covariance) * weight).sum(dim=1).clamp(min=0)
    gain = norm.weight.double() / torch.sqrt(variance + norm.eps)
    # A bias of the convolution moves a channel and its mean alike, so it cancels.
    bias = norm.bias.double() - gain * (weight @ mean)
    return (weight * gain[:, None]).float(), bias.float()
