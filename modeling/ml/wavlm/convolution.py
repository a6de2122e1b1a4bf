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
    """The convolutional layers of a loaded `WavLMModel`."""

    def __init__(self, model: Any) -> None:
        kernels, strides = model.config.conv_kernel, model.config.conv_stride
        self.receptive_field, self._hop = receptive_field(kernels, strides), int(torch.tensor(strides).prod())
        self._first, *self._rest = model.feature_extractor.conv_layers
        self._grouped = model.config.feat_extract_norm == "group"

    @torch.inference_mode()
    def __call__(self, waveform: Tensor) -> Tensor:
        """Return the features (frames, channels) of one clip (samples,) of at least `receptive_field` samples."""
        kernel, shift = self._first_weights(waveform)
        frames = (len(waveform) - self.receptive_field) // self._hop + 1
        parts = []
        for start in range(0, frames, PIECE):
            stop = min(start + PIECE, frames)
            heard = waveform[start * self._hop : (stop - 1) * self._hop + self.receptive_field]
            parts.append(self._stack(F.conv1d(heard[None, None], kernel, shift, self._first.conv.stride)))
        return torch.cat(parts, dim=2)[0].T

    def _stack(self, features: Tensor) -> Tensor:
        """Return what becomes of the first convolution's output: (1, channels, steps) → (1, channels, frames)."""
        if not self._grouped:
            features = _channel_norm(self._first.layer_norm, features)
        features = self._first.activation(features)
        for layer in self._rest:
            features = layer.conv(features)
            if not self._grouped:
                features = _channel_norm(layer.layer_norm, features)
            features = layer.activation(features)
        return features

    def _first_weights(self, waveform: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the first convolution's kernel (channels, 1, kernel) and bias (channels,) for this clip."""
        if self._grouped:
            return fold_group_norm(waveform, self._first.conv, self._first.layer_norm)
        return self._first.conv.weight, self._first.conv.bias


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
    return (weight * gain[:, None])[:, None].float(), bias.float()


def _channel_norm(norm: Any, features: Tensor) -> Tensor:
    """Apply a layer norm over the channels of (1, channels, time)."""
    normed: Tensor = norm(features.transpose(1, 2))
    return normed.transpose(1, 2)
