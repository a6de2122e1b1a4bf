"""Levels of a sound: its fades, its RMS, and how bright it is."""

import numpy as np

from corpus.demo.vocoder import Floats

FADE_IN, FADE_OUT = 0.008, 0.02  # seconds


def faded(samples: Floats, rate: int) -> Floats:
    """Return the samples with a fade at either end (8 and 20 ms), so that nothing clicks."""
    fade_in, fade_out = round(FADE_IN * rate), round(FADE_OUT * rate)
    gains = np.ones(len(samples))
    gains[:fade_in] = np.sin(np.linspace(0, np.pi / 2, fade_in)) ** 2
    gains[-fade_out:] = np.cos(np.linspace(0, np.pi / 2, fade_out)) ** 2
    return samples * gains


def at_level(samples: Floats, level: float) -> Floats:
    """Return the samples with an RMS of `level` dB relative to full scale."""
    gain = 10 ** (level / 20) / float(np.sqrt(np.mean(samples**2)))
    return samples * gain


def spectral_balance(samples: Floats, rate: int) -> float:
    """Return the energy of 1-5 kHz relative to that of 50-1000 Hz, in dB."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / rate)
    high = power[(hertz >= 1000) & (hertz < 5000)].sum()
    low = power[(hertz >= 50) & (hertz < 1000)].sum()
    return float(10 * np.log10(high / low))
