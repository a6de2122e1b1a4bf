"""`spectral`: what a clip's spectrum is like and how it varies, without learning anything.

Log-mel spectrum and mel-frequency cepstral coefficients (Davis & Mermelstein 1980, IEEE TASSP 28, 357–366), each
summarised by mean and standard deviation over time, the coefficients also by those of their slopes (Furui 1986, IEEE
TASSP 34, 52–59, regression over 5 frames). The level of the recording is taken out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from modeling.ml.encoders.base import Encoder, Vectors, Waveform, check_sounds, library_versions, read_settings
from modeling.ml.resampling import resampled

if TYPE_CHECKING:
    from torch import Tensor

RATE = 16_000
WINDOW = 400
"""Samples a frame sees: 25 ms at 16 kHz."""
HOP = 160
"""Samples between frames: 10 ms."""
RANGE = 1e-8
"""What lies more than 80 dB below the loudest band of a clip counts as that."""


@dataclass(frozen=True)
class Settings:
    """`mel_bands` from 0 to 8 kHz; `coefficients` kept of their cosine transform, without the 0th, the level."""

    mel_bands: int = 40
    coefficients: int = 13

    def check(self) -> None:
        """Raise `ValueError` for numbers that give no spectrum."""
        if not 8 <= self.mel_bands <= 80:
            raise ValueError(f"mel_bands={self.mel_bands}; give 8 to 80")
        if not 1 <= self.coefficients < self.mel_bands:
            raise ValueError(f"coefficients={self.coefficients}; give 1 to {self.mel_bands - 1}")


def label(settings: Settings) -> str:
    """Return a short name; settings other than the default ones are part of it."""
    return "spectral" if settings == Settings() else f"spectral {settings.mel_bands}/{settings.coefficients}"


class Spectral(Encoder):
    """Mean and deviation of the bands, then mean and deviation of the coefficients and of their slopes.

    In units of 10 dB over √mel_bands, so that the length of each of the six blocks is a root mean square over bands.
    """

    name = "spectral"

    @classmethod
    def check_settings(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings complete, with defaults; raise `ValueError` saying what to write instead."""
        return asdict(read_settings(Settings, raw))

    @classmethod
    def label(cls, settings: Mapping[str, Any]) -> str:
        """Return a short name for figures."""
        return label(Settings(**settings))

    def __init__(self, settings: Mapping[str, Any]) -> None:
        import torchaudio

        super().__init__(settings)
        chosen = Settings(**settings)
        self._mel = torchaudio.transforms.MelSpectrogram(
            RATE, n_fft=WINDOW, hop_length=HOP, n_mels=chosen.mel_bands, norm="slaney", mel_scale="htk"
        )
        self._cosines = torchaudio.functional.create_dct(chosen.coefficients + 1, chosen.mel_bands, norm="ortho")
        self._size = 2 * chosen.mel_bands + 4 * chosen.coefficients

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the libraries that compute."""
        return library_versions("torch", "torchaudio", "soxr")

    def encode(self, waveforms: Sequence[Waveform], rates: Sequence[int]) -> Vectors:
        """Return vectors (n, dimension) of n mono clips, each float32 (samples,) at its rate in Hz."""
        check_sounds(waveforms)
        vectors = np.empty((len(waveforms), self._size), dtype=np.float32)
        for row, waveform in zip(vectors, resampled(waveforms, rates, to=RATE), strict=True):
            row[:] = self._vector(waveform).numpy()
        return vectors

    def _vector(self, waveform: Waveform) -> Tensor:
        """Return the numbers of one clip; its spectrum is that of itself alone, so no batch can change them."""
        import torch
        from torchaudio.functional import compute_deltas

        spectrum = self._log_mel(waveform)
        cepstrum = (spectrum.T @ self._cosines).T[1:]
        shape = spectrum.mean(dim=1)
        slopes = compute_deltas(cepstrum)
        blocks = [shape - shape.mean(), _deviation(spectrum)]
        blocks += [cepstrum.mean(dim=1), _deviation(cepstrum), slopes.mean(dim=1), _deviation(slopes)]
        return torch.cat(blocks) / math.sqrt(len(spectrum))

    def _log_mel(self, waveform: Waveform) -> Tensor:
        """Return the log-mel spectrum (bands, frames) relative to the clip's mean power, in units of 10 dB.

        A clip shorter than a window is filled up to it with silence.
        """
        import torch

        filled = torch.zeros(max(len(waveform), WINDOW + 1))
        filled[: len(waveform)] = torch.from_numpy(waveform)
        power = self._mel(filled)
        floor = max(float(power.max()) * RANGE, torch.finfo(torch.float32).tiny)
        power = power.clamp(min=floor)
        return torch.log10(power) - torch.log10(power.mean())


def _deviation(values: Tensor) -> Tensor:
    """Return the standard deviation over time, 0 for a single frame."""
    return values.std(dim=1, correction=0)


ENCODER = Spectral
