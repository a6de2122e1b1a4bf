"""Simulated listeners: what reaches their ears, and which of three sounds they choose by it."""

from collections.abc import Callable

import numpy as np
from scipy.signal import butter, sosfilt

from annotations.design.screening import Kind
from tests.browser.screening_sounds import Array, Sound

Ears = Callable[[Array, np.random.Generator], Array]
CRITICAL_BAND = (555.0, 645.0)  # Hz: 1 ERB around 600 Hz (Glasberg and Moore 1990)


def over_headphones(ears: Array, generator: np.random.Generator) -> Array:
    return ears


def from_loudspeakers(ears: Array, generator: np.random.Generator) -> Array:
    """Both channels mixed in the air, with the room's own noise 10 dB below at each ear."""
    mixed = np.tile(ears.mean(axis=0), (2, 1))
    return mixed + 0.03 * np.sqrt(0.1) * generator.standard_normal(mixed.shape)


def on_one_ear(ears: Array, generator: np.random.Generator) -> Array:
    return np.stack([np.zeros_like(ears[1]), ears[1]])


def choice(sound: Sound, kind: Kind, hear: Ears, generator: np.random.Generator) -> int:
    """Return the position chosen: the tone in the noise, or the quietest tone."""
    heard = [hear(sound.interval(position), generator) for position in (1, 2, 3)]
    if kind == "huggins":
        return 1 + int(np.argmax([left_after_cancellation(ears, sound.rate, generator) for ears in heard]))
    return 1 + int(np.argmin([np.mean(np.square(ears)) for ears in heard]))


def left_after_cancellation(ears: Array, rate: int, generator: np.random.Generator) -> float:
    """Return the power in the critical band once one ear is taken from the other.

    Each ear's own noise, 6 dB below the sound, stands for the errors of equalisation and cancellation (Durlach 1963).
    """
    inner = 0.5 * np.sqrt(np.mean(np.square(ears))) * generator.standard_normal(ears.shape)
    left, right = ears + inner
    band = butter(2, CRITICAL_BAND, "band", fs=rate, output="sos")
    return float(np.mean(np.square(sosfilt(band, left - right))))
