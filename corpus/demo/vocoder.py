"""A small source-filter vocoder: take the spectral envelope of a word spoken on one pitch, give it another melody.

The envelope is that of CheapTrick (M. Morise, Speech Communication 67, 2015, eqs. 4-9); the synthesis, minimum-phase
pulses for what is voiced and filtered noise for what is not, follows WORLD (Morise, Yokomori & Ozawa, IEICE Trans.
E99-D, 2016). Because espeak-ng speaks the source on a constant, known pitch, no pitch has to be estimated. Powers are
per sample: white noise of variance 1 has the envelope 1 everywhere.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfiltfilt

Floats = NDArray[np.float64]

HOP = 0.005  # seconds from frame to frame
FFT = 1024
QUIETEST = 1e-12  # power of a spectral bin, so that logarithms exist


@dataclass(frozen=True, slots=True)
class Frames:
    """A sound in frames of `HOP` seconds.

    `log_power` (n_frames, FFT // 2 + 1), natural logarithm of the spectral envelope; `voicing` (n_frames,), 0 noise
    to 1 periodic; `rate` in Hz.
    """

    log_power: Floats
    voicing: Floats
    rate: int

    @property
    def power(self) -> Floats:
        """Mean power of each frame, (n_frames,)."""
        mean: Floats = np.exp(self.log_power).mean(axis=1)
        return mean


def analyse(samples: Floats, *, rate: int, f0: float) -> Frames:
    """Return the frames of a sound whose voiced parts are on the constant pitch `f0` (Hz)."""
    period = rate / f0
    centres = np.arange(0, len(samples), HOP * rate)
    return Frames(_envelope(samples, centres, period), _voicing(samples, centres, period, rate), rate)


def _excerpts(samples: Floats, centres: Floats, half: int) -> Floats:
    """Return the samples within `half` of each centre, (n_centres, 2 * half + 1); silence beyond the ends."""
    padded = np.pad(samples, half + 1)
    at = np.round(centres).astype(int)[:, None] + np.arange(2 * half + 1)[None, :] + 1
    excerpts: Floats = padded[at]
    return excerpts


def _envelope(samples: Floats, centres: Floats, period: float) -> Floats:
    half = round(1.5 * period)
    window = np.hanning(2 * half + 3)[1:-1]
    windowed = _excerpts(samples, centres, half) * window
    power = np.abs(np.fft.rfft(windowed, FFT)) ** 2 / np.sum(window**2)
    # A running mean over 2/3 of f0 keeps the beats between harmonics from showing in time.
    smooth = uniform_filter1d(power, max(1, round(2 / 3 * FFT / period)), axis=1, mode="mirror")
    cepstrum = np.fft.irfft(np.log(smooth + QUIETEST))
    quefrency = np.minimum(np.arange(FFT), FFT - np.arange(FFT)) / period  # in periods of the source
    lifter = np.sinc(quefrency) * (1.18 - 2 * 0.09 * np.cos(2 * np.pi * quefrency))
    envelope: Floats = np.fft.rfft(cepstrum * lifter).real
    return envelope


def _voicing(samples: Floats, centres: Floats, period: float, rate: int) -> Floats:
    """Correlate each period with the next, below 1.5 kHz; as a weight from 0 (under .5) to 1 (over .8)."""
    low = sosfiltfilt(butter(4, 1500, fs=rate, output="sos"), samples)
    lag = round(period)
    around = _excerpts(low, centres, lag)
    before, after = around[:, :lag], around[:, lag : 2 * lag]
    energy = np.sqrt(np.sum(before**2, axis=1) * np.sum(after**2, axis=1))
    correlation = np.sum(before * after, axis=1) / (energy + 1e-6 * np.sum(low**2) + 1e-12)
    weights: Floats = np.clip((correlation - 0.5) / 0.3, 0, 1)
    return weights


def warp(frames: Frames, source_times: Floats) -> Frames:
    """Return the frames found at `source_times` (seconds in `frames`), one `HOP` apart in the new sound."""
    position = np.clip(source_times / HOP, 0, len(frames.voicing) - 1)
    low = np.minimum(position.astype(int), len(frames.voicing) - 2)
    share = position - low
    log_power = (1 - share[:, None]) * frames.log_power[low] + share[:, None] * frames.log_power[low + 1]
    return Frames(log_power, (1 - share) * frames.voicing[low] + share * frames.voicing[low + 1], frames.rate)


def tilt(frames: Frames, decibels: Floats, decibels_per_octave: float) -> Frames:
    """Return the frames with a gain (n_frames,) in dB and a slope in dB per octave about 1 kHz, flat below 300 Hz."""
    hertz = np.maximum(np.fft.rfftfreq(FFT, 1 / frames.rate), 300)
    gain = decibels[:, None] + decibels_per_octave * np.log2(hertz / 1000)[None, :]
    return Frames(frames.log_power + gain * np.log(10) / 10, frames.voicing, frames.rate)


def synthesise(frames: Frames, f0: Floats, rng: np.random.Generator) -> Floats:
    """Return the sound of `frames` with the pitch `f0` (n_frames,) in Hz; nothing below 50 Hz."""
    length = round(len(f0) * HOP * frames.rate)
    sound = _pulses(frames, f0, length, rng) + _noise(frames, length, rng)
    audible: Floats = sosfiltfilt(butter(2, 50, "highpass", fs=frames.rate, output="sos"), sound)
    return audible


def _aperiodicity(rate: int) -> Floats:
    """Return the share of noise in the power of what is voiced: 1 % up to 2 kHz, growing to 40 % at 8 kHz."""
    hertz = np.fft.rfftfreq(FFT, 1 / rate)
    share: Floats = np.interp(hertz, [2000, 8000], [0.01, 0.4])
    return share


def _pulses(frames: Frames, f0: Floats, length: int, rng: np.random.Generator) -> Floats:
    """Place one minimum-phase response per period, between samples where it falls; 0.4 % jitter, 2 % shimmer."""
    rate = frames.rate
    f0_samples = np.interp(np.arange(length) / (HOP * rate), np.arange(len(f0)), f0)
    phase = np.cumsum(f0_samples / rate)
    starts = np.flatnonzero(np.diff(np.floor(phase)) > 0) + 1
    periods = rate / f0_samples[starts]
    overshoot = (phase[starts] - np.floor(phase[starts])) * periods
    positions = starts - overshoot + 0.004 * periods * rng.standard_normal(len(starts))
    at = warp(frames, np.maximum(positions, 0) / rate)
    log_power = at.log_power + np.log((1 - _aperiodicity(rate)) * periods[:, None])
    response = _minimum_phase(log_power)
    amplitude = np.sqrt(at.voicing) * (1 + 0.02 * rng.standard_normal(len(starts)))
    whole = np.floor(positions).astype(int)
    delay = np.exp(-2j * np.pi * np.arange(FFT // 2 + 1)[None, :] / FFT * (positions - whole)[:, None])
    shapes = np.fft.irfft(response * delay * amplitude[:, None])
    sound = np.zeros(length + 2 * FFT)
    for start, shape in zip(whole, shapes, strict=True):
        sound[start + FFT : start + 2 * FFT] += shape
    return sound[FFT : FFT + length]


def _minimum_phase(log_power: Floats) -> NDArray[np.complex128]:
    """Return the spectrum with this log power and minimum phase: the cepstrum folded (Oppenheim & Schafer, ch. 13)."""
    cepstrum = np.fft.irfft(log_power / 2)
    cepstrum[:, 1 : FFT // 2] *= 2
    cepstrum[:, FFT // 2 + 1 :] = 0
    spectrum: NDArray[np.complex128] = np.exp(np.fft.rfft(cepstrum))
    return spectrum


def _noise(frames: Frames, length: int, rng: np.random.Generator) -> Floats:
    """Shape white noise frame by frame (Hann windows that overlap by half and add up to 1)."""
    rate, half = frames.rate, round(HOP * frames.rate)
    centres = np.arange(0, length + half, half)
    at = warp(frames, centres / rate)
    share = 1 - at.voicing[:, None] * (1 - _aperiodicity(rate)[None, :])
    white = rng.standard_normal(length + 4 * half)
    window = np.hanning(2 * half + 1)[:-1]
    pieces = np.stack([white[c : c + 2 * half] * window for c in centres])
    shaped = np.fft.irfft(np.fft.rfft(pieces, FFT) * _minimum_phase(at.log_power + np.log(share)))
    sound = np.zeros(length + 2 * half + FFT)
    for centre, piece in zip(centres, shaped, strict=True):
        sound[centre : centre + FFT] += piece
    return sound[half : half + length]
