"""Sounds made on the spot, of known level and in any format, and sheets that describe them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from corpus.audio.reading import Samples

RATE = 48_000
MakeTone = Callable[..., Samples]
WriteSound = Callable[..., Path]
WriteSheet = Callable[..., Path]


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


@pytest.fixture(autouse=True)
def _static_folder(settings: Any, tmp_path: Path) -> None:
    """WhiteNoise warns of a folder that is missing; `manage.py start` makes it."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """An empty media folder."""
    folder = tmp_path / "media"
    settings.MEDIA_ROOT = folder
    return folder


@pytest.fixture
def write_sheet(tmp_path: Path) -> WriteSheet:
    """`write_sheet("stimulus,path,role", "a,a.wav,backchannel", …)`: writes set/stimuli.csv of these lines."""

    def write(*lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
        path = tmp_path / "set" / "stimuli.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes((end.join(lines) + end).encode(encoding))
        return path

    return write


@pytest.fixture
def clip_set(write_sheet: WriteSheet, write_sound: WriteSound, tone: MakeTone, tmp_path: Path) -> Path:
    """A CSV of three clips and a context in several formats, each column used, and its sounds."""
    folder = tmp_path / "set"
    write_sound("clips/a.wav", tone(0.3), folder=folder)
    write_sound("clips/b.flac", tone(0.45, hz=300), folder=folder)
    write_sound("two.ogg", np.hstack([tone(0.6, hz=200), tone(0.6, hz=500)]), folder=folder)
    write_sound("context.mp3", tone(2.0, channels=2), folder=folder)
    return write_sheet(
        "stimulus,path,role,token,speaker,dialogue,channel,start,end,transcript,emotion",
        "mhm_1,clips/a.wav,backchannel,mhm,A,sw1,,1.5,1.8,,bored",
        "yeah_1,clips/b.flac,backchannel,yeah,B,sw1,1,,,,",
        "right_1,two.ogg,backchannel,right,B,sw2,B,0,0.6,,eager",
        'context_1,context.mp3,context,,A,sw2,,,,"<A> well, I ""live"" alone",',
    )
