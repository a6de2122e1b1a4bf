"""What is known about a file as it came."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from corpus.audio.checks import clipped_share, faults_of, peak_level
from corpus.audio.faults import AudioFaultsError
from corpus.audio.loudness import ABSOLUTE_GATE, Rule, at_measured_rate, integrated_loudness
from corpus.audio.reading import Recording, read


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """A checked file: what it is and how loud, over all its channels.

    `format`: container and coding in libsndfile's names, such as `WAV/PCM_16`; `rate`: Hz; `duration`: seconds;
    `peak`: dBFS, above 0 where a lossy or floating-point file overshoots; `loudness`: LUFS of the channels as they are
    (a mono file as one channel); `clipped`: share of samples that lie flat at full scale, in the worst channel.
    """

    sha256: str
    size: int
    format: str
    rate: int
    channels: int
    frames: int
    duration: float
    peak: float
    loudness: float
    loudness_rule: Rule
    clipped: float


class Levels(Protocol):
    """The measured levels of a file, as `AudioFacts` and stored rows have them."""

    @property
    def loudness(self) -> float:
        """LUFS."""
        ...

    @property
    def loudness_rule(self) -> str:
        """How the loudness was found."""
        ...

    @property
    def clipped(self) -> float:
        """Share of samples, 0 to 1."""
        ...


def notes_on(audio: Levels) -> tuple[str, ...]:
    """Say what about the levels is worth a look but no reason to refuse the file."""
    notes = []
    if audio.clipped:
        notes.append(f"lightly clipped: {audio.clipped:.3%} of the samples lie flat at full scale")
    if audio.loudness_rule == "ungated":
        notes.append(
            f"nothing in it reaches {ABSOLUTE_GATE:.0f} LUFS (it measures {audio.loudness:.1f}): "
            "listen whether there is more in it than noise"
        )
    return tuple(notes)


def probe(path: Path, channel: int | None = None) -> AudioFacts:
    """Read the whole file, check it, and measure it.

    `channel` (from 1) is the one that will be heard; silence and clipping are then judged on it alone. The facts
    are those of the file and do not depend on it.

    Raises:
        AudioFaultsError: with everything that is wrong with the file or the channel.

    """
    recording = read(path)
    faults = tuple(faults_of(recording, channel))
    if faults:
        raise AudioFaultsError(path, faults)
    return _facts(path, recording)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _facts(path: Path, recording: Recording) -> AudioFacts:
    loudness = integrated_loudness(at_measured_rate(recording.samples, recording.rate))
    return AudioFacts(
        sha256=sha256_of(path),
        size=path.stat().st_size,
        format=f"{recording.format}/{recording.subtype}",
        rate=recording.rate,
        channels=recording.channels,
        frames=recording.frames,
        duration=recording.duration,
        peak=peak_level(recording.samples),
        loudness=loudness.lufs,
        loudness_rule=loudness.rule,
        clipped=max(clipped_share(column, recording.subtype) for column in recording.samples.T),
    )
