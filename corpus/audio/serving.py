"""Make of a clip what every browser decodes, all clips equally loud.

WAV, PCM 16 bit, 48 kHz: every browser decodes it, without the delay and padding of lossy codecs, so that a clip
starts and ends exactly where it did. Mono stays mono and stereo stays stereo; only naming a channel picks one.
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile as sf

from corpus.audio.checks import faults_of
from corpus.audio.facts import sha256_of
from corpus.audio.faults import AudioFaultsError
from corpus.audio.loudness import (
    BOTH_EARS,
    MEASURED_RATE,
    at_measured_rate,
    gated_loudness,
    integrated_loudness,
    true_peak,
    ungated_loudness,
    weighted_power,
)
from corpus.audio.reading import Recording, Samples, read

SERVED_RATE = MEASURED_RATE
"""Hz."""

TRUE_PEAK_LIMIT = -1.0
"""dBTP. A clip is raised no further than this, even where it then stays below the target loudness."""

_STEPS = 32_768  # of 16 bit, from 0 to full scale


@dataclass(frozen=True, slots=True)
class ServedClip:
    """A WAV file and how it came about.

    `gain`: dB applied; `loudness`: LUFS reached, as heard on both ears; `peak`: true peak reached, dBTP; `duration`:
    seconds; `limited`: whether the limit on the true peak kept it below the target.
    """

    wav: bytes
    sha256: str
    gain: float
    loudness: float
    peak: float
    duration: float
    limited: bool


def transcode(path: Path, *, channel: int | None = None, target: float) -> ServedClip:
    """Return the file, or one `channel` of it (from 1), as a WAV at `target` LUFS as heard on both ears.

    A mono clip is heard on both ears, so it is measured as two equal channels: mono and the same sound as stereo end
    up equally loud. The gain is one number for the whole clip: prosody keeps its dynamics. Triangular dither of
    ±1 step is drawn from a generator seeded by the file's digest, so the same file always gives the same bytes.

    Raises:
        AudioFaultsError: the file or the channel cannot be used (see `probe`).

    """
    recording = read(path)
    faults = tuple(faults_of(recording, channel))
    if faults:
        raise AudioFaultsError(path, faults)
    samples = at_measured_rate(_heard(recording, channel), recording.rate)
    wanted = _gain_to(target - _ears(samples), samples)
    gain = min(wanted, TRUE_PEAK_LIMIT - true_peak(samples))
    pcm = _quantise(samples, gain, seed=int(sha256_of(path), 16))
    served = (pcm / np.float32(_STEPS)).astype(np.float32)
    wav = _wav(pcm)
    return ServedClip(
        wav=wav,
        sha256=hashlib.sha256(wav).hexdigest(),
        gain=gain,
        loudness=integrated_loudness(served).lufs + _ears(served),
        peak=true_peak(served),
        duration=len(pcm) / SERVED_RATE,
        limited=gain < wanted,
    )


def _heard(recording: Recording, channel: int | None) -> Samples:
    if channel is None:
        return recording.samples
    return np.ascontiguousarray(recording.samples[:, channel - 1 : channel])


def _ears(samples: Samples) -> float:
    """Return by how many dB playing on two ears is louder than the channels as they are."""
    return BOTH_EARS if samples.shape[1] == 1 else 0.0


def _gain_to(target: float, samples: Samples) -> float:
    """Return the gain in dB after which the samples measure `target` LUFS.

    The absolute gate makes a loudness depend on the level at which it is measured (a pause that counts in a loud
    recording does not in a faint one), so the gain is corrected by what would be measured after it.
    """
    power = weighted_power(samples)
    gain = target - ungated_loudness(power)
    for _ in range(4):
        gain += target - gated_loudness(power * 10 ** (gain / 10)).lufs
    return gain


def _quantise(samples: Samples, gain: float, *, seed: int) -> npt.NDArray[np.int16]:
    """Return the samples, raised by `gain` dB, in 16 bit with triangular dither.

    Source: Lipshitz, Wanamaker and Vanderkooy (1992), Quantization and dither, J. Audio Eng. Soc. 40(5).
    """
    draws = np.random.default_rng(seed).random((2, *samples.shape), dtype=np.float32)
    scaled = samples * np.float32(_STEPS * 10 ** (gain / 20)) + (draws[0] - draws[1])
    pcm: npt.NDArray[np.int16] = np.clip(np.rint(scaled), -_STEPS, _STEPS - 1).astype(np.int16)
    return pcm


def _wav(pcm: npt.NDArray[np.int16]) -> bytes:
    file = io.BytesIO()
    sf.write(file, pcm, SERVED_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()
