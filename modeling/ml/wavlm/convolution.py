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

from modeling.ml.wavlm.full_convolution import FullStack
from modeling.ml.wavlm.half_convolution import HalfStack

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


EXAMPLES, EXAMPLE_SAMPLES = 8, 12_000
"""Sounds of 0.75 s that weights are rounded for."""


def examples(device: torch.device) -> list[Tensor]:
    """Return sounds (samples,) of variance 1 that fade in and out: noise, a part of it with ever less high tones.

    Drawn anew, always the same: what an encoder gives must not depend on which clips it is asked for first.
    """
    noise = torch.randn(2, EXAMPLES, EXAMPLE_SAMPLES, generator=torch.Generator().manual_seed(0))
    sounds = (noise[0].cumsum(1) / 100 + noise[1] / 10) * torch.hann_window(EXAMPLE_SAMPLES)
    return list((sounds / sounds.std(dim=1, keepdim=True)).to(device))


class FrameFeatures:
    """The convolutional layers of a loaded `WavLMModel`; `half` has those after the first in bfloat16."""

    def __init__(self, model: Any, *, half: bool) -> None:
        kernels, strides = model.config.conv_kernel, model.config.conv_stride
        self.receptive_field, self._hop = receptive_field(kernels, strides), int(torch.tensor(strides).prod())
        self._first, *rest = model.feature_extractor.conv_layers
        self._grouped = model.config.feat_extract_norm == "group"
        self._rest = self._half_stack(rest) if half else FullStack(rest, normed=not self._grouped)

    @torch.inference_mode()
    def __call__(self, waveform: Tensor) -> Tensor:
        """Return the features (frames, channels) of one clip (samples,) of at least `receptive_field` samples."""
        kernel, shift = self._first_weights(waveform)
        frames = (len(waveform) - self.receptive_field) // self._hop + 1
        parts = []
        for start in range(0, frames, PIECE):
            stop = min(start + PIECE, frames)
            heard = waveform[start * self._hop : (stop - 1) * self._hop + self.receptive_field]
            parts.append(self._rest(self._first_layer(heard, kernel, shift)))
        return torch.cat(parts)

    @torch.inference_mode()
    def _half_stack(self, rest: Sequence[Any]) -> HalfStack:
        heard = examples(self._first.conv.weight.device)
        steps = [self._first_layer(sound, *self._first_weights(sound)) for sound in heard]
        return HalfStack(rest, normed=not self._grouped, heard=steps)

    def _first_layer(self, waveform: Tensor, kernel: Tensor, shift: Tensor | None) -> Tensor:
        """Return the first layer's output (steps, channels) float32 of a stretch of the waveform."""
        steps = F.linear(waveform.unfold(0, kernel.shape[1], self._first.conv.stride[0]), kernel, shift)
        return self._first.activation(steps if self._grouped else self._first.layer_norm(steps))

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
