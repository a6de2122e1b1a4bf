"""Clips at the rate a model wants."""

from collections.abc import Sequence

import numpy as np

from modeling.ml.encoders.base import Waveform


def resampled(waveforms: Sequence[Waveform], rates: Sequence[int], *, to: int) -> list[Waveform]:
    """Return the clips at `to` Hz (soxr, high quality)."""
    import soxr

    return [
        np.ascontiguousarray(clip if rate == to else soxr.resample(clip, rate, to, quality="HQ"), dtype=np.float32)
        for clip, rate in zip(waveforms, rates, strict=True)
    ]
