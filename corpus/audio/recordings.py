"""Whole recordings, however long: checked and measured a piece at a time, and clips cut out of them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile as sf
import soxr

from corpus.audio.checks import SILENT_PEAK, clipped_share, decibels
from corpus.audio.facts import AudioFacts, sha256_of
from corpus.audio.faults import AudioFault, AudioFaultsError
from corpus.audio.loudness import BLOCK, MEASURED_RATE, STEP, Loudness, PowerFilter, gated_blocks
from corpus.audio.reading import CUT_TOLERANCE, READABLE, Samples, check_presence, reason_of

_PIECE = 30  # seconds in memory at once


def probe_recording(path: Path) -> AudioFacts:
    """Check and measure the recording at `path`, as `probe` does a clip, without holding it in memory.

    Silence is judged over all channels; how much is clipped is noted and no reason to refuse a whole dialogue.

    Raises:
        AudioFaultsError: the file is missing, unreadable, cut off, silent or holds samples that are no numbers.

    """
    check_presence(path)
    try:
        with sf.SoundFile(path) as file:
            return _measure(path, file)
    except sf.SoundFileError as error:
        raise _refusal(path, f"cannot be decoded ({reason_of(error)})", f"{READABLE}; re-export the file") from error


def cut(path: Path, channel: int | None, start: float, end: float) -> tuple[Samples, int]:
    """Return (samples of shape (frames, channels), rate) between two times in seconds, of one channel or of all.

    Times beyond the ends of the file are cut to them, so the result may be shorter than asked for.
    """
    with sf.SoundFile(path) as file:
        first = min(max(round(start * file.samplerate), 0), file.frames)
        last = min(max(round(end * file.samplerate), first), file.frames)
        file.seek(first)
        samples = file.read(last - first, dtype="float32", always_2d=True)
        return (samples if channel is None else samples[:, channel - 1 : channel]), file.samplerate


def _measure(path: Path, file: sf.SoundFile) -> AudioFacts:
    meter = _Meter(file.channels, file.samplerate)
    frames, peak, clipped = 0, 0.0, np.zeros(file.channels)
    for piece in _pieces(file):
        if not np.isfinite(piece).all():
            raise _refusal(path, "it holds samples that are not numbers", "Export it again from the source")
        frames += len(piece)
        peak = max(peak, float(np.abs(piece).max()))
        clipped += [clipped_share(column, file.subtype) * len(piece) for column in piece.T]
        meter.add(piece)
    if not frames:
        raise _refusal(path, "there is no sound in it (0 frames)", "Record or export it again")
    if file.frames - frames > CUT_TOLERANCE * file.samplerate:
        what = f"it breaks off: {frames} of {file.frames} samples can be decoded"
        raise _refusal(path, what, "Copy or export it again")
    if decibels(peak) < SILENT_PEAK:
        raise _refusal(path, f"silent: nothing in it is louder than {SILENT_PEAK:.0f} dBFS", "Use another file")
    loudness = meter.loudness()
    return AudioFacts(
        sha256=sha256_of(path),
        size=path.stat().st_size,
        format=f"{file.format}/{file.subtype}",
        rate=file.samplerate,
        channels=file.channels,
        frames=frames,
        duration=frames / file.samplerate,
        peak=decibels(peak),
        loudness=loudness.lufs,
        loudness_rule=loudness.rule,
        clipped=float(clipped.max() / frames),
    )


def _pieces(file: sf.SoundFile) -> Iterator[Samples]:
    while len(piece := file.read(_PIECE * file.samplerate, dtype="float32", always_2d=True)):
        yield piece


class _Meter:
    """Loudness of samples that come in pieces: the power of every 100 ms is kept, four of them make a block."""

    def __init__(self, channels: int, rate: int) -> None:
        self._filter = PowerFilter(channels)
        self._finer = (
            None if rate == MEASURED_RATE else soxr.ResampleStream(rate, MEASURED_RATE, channels, quality="VHQ")
        )
        self._rest = np.zeros(0)
        self._steps: list[np.ndarray] = []

    def add(self, piece: Samples) -> None:
        """Take the next piece, shape (frames, channels)."""
        self._take(piece if self._finer is None else self._finer.resample_chunk(np.ascontiguousarray(piece)))

    def loudness(self) -> Loudness:
        """Return the loudness of all pieces."""
        if self._finer is not None:
            self._take(self._finer.resample_chunk(np.zeros((0, self._filter.channels), np.float32), last=True))
        steps = np.concatenate([*self._steps, np.zeros(0)])
        per_block = BLOCK // STEP
        if len(steps) < per_block:
            power = np.concatenate([np.repeat(steps, STEP), self._rest])
            return gated_blocks(power.mean(keepdims=True), power.mean(), "single block")
        total = np.concatenate(([0.0], np.cumsum(steps)))
        blocks = (total[per_block:] - total[:-per_block]) / per_block
        return gated_blocks(blocks, steps.mean(), "gated")

    def _take(self, samples: Samples) -> None:
        power = np.concatenate([self._rest, self._filter(samples)])
        whole = len(power) // STEP
        self._steps.append(power[: whole * STEP].reshape(whole, STEP).mean(axis=1))
        self._rest = power[whole * STEP :]


def _refusal(path: Path, what: str, mend: str) -> AudioFaultsError:
    return AudioFaultsError(path, [AudioFault(what, mend)])
