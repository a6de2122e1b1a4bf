"""`prosody`: how a clip is said, without learning anything: melody, loudness over time, duration, voicing.

Fundamental frequency by probabilistic YIN (Mauch & Dixon 2014, ICASSP, 659–663), in semitones relative to one fixed
frequency for all speakers, so that a high voice and a low one differ and an interval is the same in both. The level of
the recording is taken out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modeling.ml.encoders.base import Encoder, Vectors, Waveform, check_sounds, library_versions, read_settings
from modeling.ml.resampling import resampled

RATE = 16_000
REFERENCE_HZ = 150.0
"""0 semitones: between the usual pitch of men's and women's voices."""
PITCH_WINDOW = 1024
"""Samples that a pitch frame sees: 64 ms, at least two periods of the lowest pitch."""
WINDOW = 400
"""Samples that an energy frame sees: 25 ms."""
HOP = 160
"""Samples between frames: 10 ms."""
RANGE_DB = 60.0
"""What lies further below the loudest frame of a clip counts as that."""
FEWEST_VOICED = 3
"""With fewer voiced frames than these there is no melody, only a stray frame."""

Track = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """Pitch is looked for between `lowest_hz` and `highest_hz`; contours have `points` each."""

    lowest_hz: float = 65.0
    highest_hz: float = 600.0
    points: int = 20

    def check(self) -> None:
        """Raise `ValueError` for a range or a number of points that cannot be."""
        if not 40.0 <= self.lowest_hz < self.highest_hz <= 1000.0:
            raise ValueError(f"pitch from {self.lowest_hz:g} to {self.highest_hz:g} Hz; stay within 40 to 1000")
        if not 2 <= self.points <= 200:
            raise ValueError(f"points={self.points}; give 2 to 200")


def label(settings: Settings) -> str:
    """Return a short name; settings other than the default ones are part of it."""
    if settings == Settings():
        return "prosody"
    return f"prosody {settings.lowest_hz:g}-{settings.highest_hz:g} Hz/{settings.points}"


class Prosody(Encoder):
    """See `melody`, `loudness` and `timing` for the numbers, in this order, and their units."""

    name = "prosody"

    @classmethod
    def check_settings(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings complete, with defaults; raise `ValueError` saying what to write instead."""
        return asdict(read_settings(Settings, raw))

    @classmethod
    def label(cls, settings: Mapping[str, Any]) -> str:
        """Return a short name for figures."""
        return label(Settings(**settings))

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        self._chosen = Settings(**settings)

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the libraries that compute."""
        return library_versions("librosa", "numba", "numpy", "soxr")

    def encode(self, waveforms: Sequence[Waveform], rates: Sequence[int]) -> Vectors:
        """Return vectors (n, dimension) of n mono clips, each float32 (samples,) at its rate in Hz."""
        check_sounds(waveforms)
        return np.stack([self._vector(one) for one in resampled(waveforms, rates, to=RATE)]).astype(np.float32)

    def _vector(self, waveform: Waveform) -> Track:
        points = self._chosen.points
        pitch = semitones(waveform, RATE, lowest_hz=self._chosen.lowest_hz, highest_hz=self._chosen.highest_hz)
        return np.concatenate([melody(pitch, points), loudness(waveform, points), timing(waveform, RATE, pitch)])


def semitones(waveform: Waveform, rate: int, *, lowest_hz: float, highest_hz: float) -> Track:
    """Return the pitch (frames,) every 10 ms in semitones re `REFERENCE_HZ`, NaN where the clip is unvoiced.

    A clip with fewer than `FEWEST_VOICED` voiced frames is unvoiced throughout.
    """
    import librosa

    hertz, _, _ = librosa.pyin(
        waveform, fmin=lowest_hz, fmax=highest_hz, sr=rate, frame_length=PITCH_WINDOW, hop_length=HOP
    )
    if np.isfinite(hertz).sum() < FEWEST_VOICED:
        hertz = np.full(hertz.shape, np.nan)
    return np.asarray(12.0 * np.log2(hertz / REFERENCE_HZ), dtype=np.float64)


def melody(pitch: Track, points: int) -> Track:
    """Return (5 + points,): a mark for no melody, then middle, spread, range, slope and contour of the pitch.

    The middle is the median in units of 6 semitones, the spread in 3, the range (5th to 95th percentile) in 6, the
    slope in 10 semitones per second; the contour runs over the voiced span, relative to the middle, in 3 semitones,
    over √points. Units are about one standard deviation among short responses, so that no number drowns the others.
    A clip without melody has the mark 1 and zeros, the middle of each number; others have the mark 0.
    """
    voiced = np.flatnonzero(np.isfinite(pitch))
    if not len(voiced):
        return np.concatenate([[1.0], np.zeros(4 + points)])
    track = pitch[voiced]
    middle = float(np.median(track))
    low, high = np.percentile(track, [5, 95])
    slope = np.polyfit(voiced * 0.01, track, 1)[0]
    contour = np.interp(np.linspace(voiced[0], voiced[-1], points), voiced, track) - middle
    numbers = [0.0, middle / 6, track.std() / 3, (high - low) / 6, np.clip(slope / 10, -5, 5)]
    return np.concatenate([numbers, contour / 3 / math.sqrt(points)])


def loudness(waveform: Waveform, points: int) -> Track:
    """Return (1 + points,): spread and contour of the level over the whole clip, relative to its mean, in 6 dB.

    The contour is over √points. A clip shorter than a frame is filled up with silence.
    """
    filled = np.zeros(max(len(waveform), WINDOW))
    filled[: len(waveform)] = waveform
    power = np.lib.stride_tricks.sliding_window_view(filled, WINDOW)[::HOP]
    level = 10.0 * np.log10(np.maximum(np.square(power).mean(axis=1), 1e-12))
    level = np.maximum(level, level.max() - RANGE_DB)
    level -= level.mean()
    contour = np.interp(np.linspace(0, len(level) - 1, points), np.arange(len(level)), level)
    return np.concatenate([[level.std() / 6], contour / 6 / math.sqrt(points)])


def timing(waveform: Waveform, rate: int, pitch: Track) -> Track:
    """Return (2,): duration in doublings of half a second, and the voiced share of frames, 0.6 ± 0.25 being 0 ± 1."""
    share = float(np.isfinite(pitch).mean())
    return np.array([math.log2(len(waveform) / rate / 0.5), (share - 0.6) / 0.25])


ENCODER = Prosody
