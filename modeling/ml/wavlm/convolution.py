"""WavLM's convolutional part: waveform to frame features, exact for every clip of a padded batch.

Chen et al. (2022), section III-A. The base models normalise the first layer's output over the whole time axis (group
norm with one channel a group), so padding would change what a clip's frames look like. Here the statistics come from
the clip's own samples only.
"""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

FRAMES_AT_ONCE = 400
"""Frames of all clips of a batch that are computed at once: bounds the memory of long clips (8 s at 16 kHz)."""


def frame_counts(samples: Tensor, kernels: Sequence[int], strides: Sequence[int]) -> Tensor:
    """Return how many frames a number of samples gives, 0 where it is too short for one; int64, any shape."""
    frames = samples
    for kernel, stride in zip(kernels, strides, strict=True):
        frames = torch.div(frames - kernel, stride, rounding_mode="floor") + 1
    return frames.clamp(min=0)


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
    """The convolutional layers of a loaded `WavLMModel`, with time before channels throughout."""

    def __init__(self, model: Any) -> None:
        kernels, strides = model.config.conv_kernel, model.config.conv_stride
        self.receptive_field, self._hop = receptive_field(kernels, strides), int(torch.tensor(strides).prod())
        self._first, *self._rest = model.feature_extractor.conv_layers
        self._grouped = model.config.feat_extract_norm == "group"
        for layer in self._rest:
            store_for_convolve(layer.conv)

    @torch.inference_mode()
    def __call__(self, waveforms: Tensor, samples: Tensor) -> Tensor:
        """Return features (n, frames, channels) of `waveforms` (n, longest), padded at the end with zeros.

        `samples` (n,) counts each clip's own samples. Frames past a clip's own are arbitrary but finite.
        """
        kernel, shift = self._first_weights(waveforms, samples)
        frames = (waveforms.shape[1] - self.receptive_field) // self._hop + 1
        step = max(1, FRAMES_AT_ONCE // len(waveforms))
        parts = []
        for start in range(0, frames, step):
            stop = min(start + step, frames)
            heard = waveforms[:, start * self._hop : (stop - 1) * self._hop + self.receptive_field]
            parts.append(self._stack(self._windows(heard), kernel, shift))
        return torch.cat(parts, dim=1)

    def _windows(self, waveforms: Tensor) -> Tensor:
        """Return what the first layer sees: (n, longest) → (n, steps, kernel)."""
        return waveforms.unfold(1, self._first.conv.kernel_size[0], self._first.conv.stride[0])

    def _stack(self, windows: Tensor, kernel: Tensor, shift: Tensor) -> Tensor:
        features: Tensor = torch.baddbmm(shift, windows, kernel)
        if not self._grouped:
            features = self._first.layer_norm(features)
        features = self._first.activation(features)
        for layer in self._rest:
            features = convolve(layer.conv, features)
            if not self._grouped:
                features = layer.layer_norm(features)
            features = layer.activation(features)
        return features

    def _first_weights(self, waveforms: Tensor, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Return the first layer's kernel (n, kernel, channels) and shift (n, 1, channels) for every clip."""
        conv = self._first.conv
        weight = conv.weight[:, 0].T
        if self._grouped:
            return fold_group_norm(self._windows(waveforms), samples, conv, self._first.layer_norm)
        shift = weight.new_zeros(1, 1, weight.shape[1]) if conv.bias is None else conv.bias[None, None]
        n = len(waveforms)
        return weight.expand(n, -1, -1), shift.expand(n, -1, -1)


def fold_group_norm(windows: Tensor, samples: Tensor, conv: Any, norm: Any) -> tuple[Tensor, Tensor]:
    """Fold the norm of the first layer's output into its weights: (n, kernel, channels) and (n, 1, channels).

    A convolution w of one channel is linear in its windows x, so a channel's mean over time is w·mean(x) and its
    variance wᵀ·Cov(x)·w: two small moments of each clip's own windows stand for the whole map (n, steps, channels).
    """
    counts = frame_counts(samples, conv.kernel_size, conv.stride)
    own = torch.arange(windows.shape[1], device=windows.device) < counts[:, None]
    x = windows.double() * own[..., None]
    total = counts.double()[:, None]
    mean = x.sum(1) / total
    covariance = x.transpose(1, 2) @ x / total[..., None] - mean[:, :, None] * mean[:, None, :]
    weight = conv.weight[:, 0].double()
    variance = torch.einsum("ck,nkl,cl->nc", weight, covariance, weight).clamp(min=0)
    gain = norm.weight.double() / torch.sqrt(variance + norm.eps)
    # A bias of the convolution moves a channel and its mean alike, so it cancels.
    shift = norm.bias.double() - gain * (mean @ weight.T)
    return (weight.T * gain[:, None, :]).float(), shift[:, None, :].float()


def store_for_convolve(conv: Any) -> None:
    """Store the kernel in the order (out, time, in) that `convolve` reads; its shape stays."""
    conv.weight.data = conv.weight.data.transpose(1, 2).contiguous().transpose(1, 2)


def convolve(conv: Any, features: Tensor) -> Tensor:
    """Convolve (n, time, channels) along time: to the library a picture of height 1 in channels-last order."""
    out = F.conv2d(
        features.transpose(1, 2)[:, :, None],
        conv.weight[:, :, None],
        conv.bias,
        stride=(1, conv.stride[0]),
        padding=(0, conv.padding[0]),
        groups=conv.groups,
    )
    return out[:, :, 0].transpose(1, 2)
