"""Sounds made on the spot: steady tones and noise of known level, written in any format."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from corpus.audio.reading import Samples

RATE = 48_000
MakeTone = Callable[..., Samples]
WriteSound = Callable[..., Path]


@pytest.fixture
def tone() -> MakeTone:
    """`tone(seconds, hz=997, peak=0.25, rate=48000, channels=1)`: a sine of shape (frames, channels)."""

    def make(seconds: float, hz: float = 997, peak: float = 0.25, rate: int = RATE, channels: int = 1) -> Samples:
        time = np.arange(round(seconds * rate)) / rate
        return np.tile((peak * np.sin(2 * np.pi * hz * time)).astype(np.float32)[:, None], (1, channels))

    return make


@pytest.fixture
def write_sound(tmp_path: Path, tone: MakeTone) -> WriteSound:
    """`write_sound("a.wav", samples, rate=48000, subtype=None, folder=tmp_path)`: writes by extension."""

    def write(
        name: str,
        samples: Samples | None = None,
        rate: int = RATE,
        subtype: str | None = None,
        folder: Path | None = None,
    ) -> Path:
        path = (folder or tmp_path) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        sound = tone(0.5, rate=rate) if samples is None else samples
        formats = {".opus": ("OGG", "OPUS"), ".sph": ("NIST", subtype or "PCM_16")}
        kind, coding = formats.get(path.suffix, (None, subtype))
        sf.write(path, sound, rate, format=kind, subtype=coding)
        return path

    return write
