"""Decode a whole audio file, or say why not."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile as sf

from corpus.audio.faults import AudioFault, AudioFaultsError

Samples = npt.NDArray[np.float32]

MAX_DURATION = 600.0  # seconds
# A decoder may come out a few frames short of what a header promises; 50 ms more is a cut file.
CUT_TOLERANCE = 0.05
# Writers that stream put the largest size there is into the header; no size near it is a promise.
_STREAMED_SIZE = 0x7FFF0000
# What libsndfile's log says of a size in a header that the file falls short of, and of half a page of Ogg at the end.
_SIZE_LINE = re.compile(r"(?:RIFF|FORM|riff|Data Size|data|SSND)\s*: (\d+) \(should be (\d+)\)")
_OGG_CUT = re.compile(r"without an End-Of-Stream flag.*Junk after the last page", re.DOTALL)
_SPHERE_LENGTH = re.compile(rb"\nsample_count -i (\d+)\n")
READABLE = "Give wav, flac, mp3, ogg or opus"


@dataclass(frozen=True, slots=True)
class Recording:
    """A decoded file.

    `samples` has shape (frames, channels); `format` and `subtype` are libsndfile's names, such as WAV and PCM_16.
    """

    samples: Samples
    rate: int
    format: str
    subtype: str

    @property
    def frames(self) -> int:
        """The number of samples of each channel."""
        return len(self.samples)

    @property
    def channels(self) -> int:
        """The number of channels."""
        return int(self.samples.shape[1])

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.frames / self.rate


def read(path: Path) -> Recording:
    """Decode the whole file at `path`.

    Raises:
        AudioFaultsError: the file is missing, empty, unreadable, cut off, or longer than `MAX_DURATION`.

    """
    check_presence(path)
    try:
        with sf.SoundFile(path) as file:
            if file.frames > MAX_DURATION * file.samplerate:
                raise _too_long(path, file.frames / file.samplerate)
            # One frame more than allowed: a header may promise less than there is.
            samples = file.read(int(MAX_DURATION * file.samplerate) + 1, dtype="float32", always_2d=True)
            recording = Recording(samples, file.samplerate, file.format, file.subtype)
            _check_end(path, recording, max(file.frames, _sphere_frames(path, file.format)), file.extra_info)
    except sf.SoundFileError as error:
        raise _refusal(path, f"cannot be decoded ({reason_of(error)})", f"{READABLE}; re-export the file") from error
    return recording


def read_mono(path: Path, channel: int | None = None) -> tuple[npt.NDArray[np.float32], int]:
    """Return one channel of the file as (samples of shape (frames,), rate), for measuring and for encoders.

    Without `channel` (counted from 1) a file of several channels is averaged over them; what listeners hear is never
    mixed down (see `transcode`).

    Raises:
        AudioFaultsError: as `read`, or the file has no such channel.

    """
    recording = read(path)
    if channel is None:
        return recording.samples.mean(axis=1, dtype=np.float32), recording.rate
    if not 1 <= channel <= recording.channels:
        what = f"there is no channel {channel} among {recording.channels}"
        raise AudioFaultsError(path, [AudioFault(what, "Name a channel of the file", "channel")])
    return np.ascontiguousarray(recording.samples[:, channel - 1]), recording.rate


def check_presence(path: Path) -> None:
    """Raise `AudioFaultsError` unless there is a file with something in it that can be opened."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise _refusal(path, "this is a folder", "Name an audio file")
        with path.open("rb"):
            pass
    except (FileNotFoundError, NotADirectoryError):
        raise _refusal(path, "there is no such file", "Put it there or correct the path") from None
    except OSError as error:
        raise _refusal(path, f"cannot be opened ({error.strerror})", "Give yourself the right to read it") from error
    if size == 0:
        raise _refusal(path, "the file is empty (0 bytes)", "Export or copy it again")


def _sphere_frames(path: Path, container: str) -> int:
    """Return how many frames the header of a NIST sphere file promises (libsndfile does not compare); else 0."""
    if container != "NIST":
        return 0
    with path.open("rb") as file:
        found = _SPHERE_LENGTH.search(file.read(1024))
    return int(found[1]) if found else 0


def _check_end(path: Path, recording: Recording, promised: int, log: str) -> None:
    """Refuse what holds no sound, too much of it, or less than its header says (`log` is libsndfile's)."""
    again = "Copy or export it again"
    if promised - recording.frames > CUT_TOLERANCE * recording.rate:
        share = f"{recording.duration:.2f} s of {promised / recording.rate:.2f} s"
        raise _refusal(path, f"it breaks off: {share} can be decoded", again)
    for said, there in (map(int, match.groups()) for match in _SIZE_LINE.finditer(log)):
        if there < said < _STREAMED_SIZE:
            raise _refusal(path, f"it breaks off: {there} of {said} bytes are there", again)
    if _OGG_CUT.search(log):
        raise _refusal(path, "it breaks off: its last page is not whole", again)
    if recording.frames == 0:
        raise _refusal(path, "there is no sound in it (0 frames)", "Record or export it again")
    if recording.duration > MAX_DURATION:
        raise _too_long(path, recording.duration)


def _too_long(path: Path, duration: float) -> AudioFaultsError:
    length = f"{duration / 60:.1f} minutes" if np.isfinite(duration) else "unbounded"
    return _refusal(path, f"it is {length} long; {MAX_DURATION / 60:.0f} minutes is the most", "Cut the clip out of it")


def reason_of(error: sf.SoundFileError) -> str:
    """Return libsndfile's own words. It calls an mp3 without a whole frame a missing file; we know that it is there."""
    text = str(getattr(error, "error_string", error)).rstrip(".")
    return "no audio data found" if text.startswith("File does not exist") else text[:1].lower() + text[1:]


def _refusal(path: Path, what: str, mend: str) -> AudioFaultsError:
    return AudioFaultsError(path, [AudioFault(what, mend)])
