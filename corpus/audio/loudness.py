"""Integrated loudness and true peak after ITU-R BS.1770, with a rule for clips shorter than its gating block.

Everything is measured at 48 kHz, the rate for which the recommendation prints its filters, whatever the rate of the
file. Rule for short clips: backchannels are often shorter than the 400 ms gating block. Such a clip is one block
of its own length. At 400 ms this is the recommendation's own figure, and a steady sound measures the same however
short it is cut. Silence at the ends of a short clip counts, so clips want to be cut close.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import soxr

from corpus.audio.checks import decibels
from corpus.audio.reading import Samples

MEASURED_RATE = 48_000  # Hz
BLOCK = 19_200  # samples: 400 ms
STEP = BLOCK // 4  # blocks overlap by 75 %
ABSOLUTE_GATE = -70.0  # LUFS
RELATIVE_GATE = -10.0  # LU
BOTH_EARS = float(10 * np.log10(2))
"""dB by which one channel gets louder when it is played on both ears, as a mono file is."""

# BS.1770-5, Annex 1, tables 1 and 2: the two stages of the K-weighting at 48 kHz.
_SHELF = ([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -1.69065929318241, 0.73248077421585])
_HIGH_PASS = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])
_OFFSET = -0.691  # equation 2: makes a 997 Hz sine at 0 dBFS in one front channel -3.01 LKFS

Power = npt.NDArray[np.float64]
Rule = Literal["gated", "single block", "ungated"]


@dataclass(frozen=True, slots=True)
class Loudness:
    """A loudness and how it was found.

    `rule`: `gated` as in BS.1770; `single block` for a clip below 400 ms; `ungated` where nothing reaches the
    absolute gate of -70 LUFS, so that the recommendation gives no figure: the mean over the whole clip.
    """

    lufs: float
    rule: Rule


def at_measured_rate(samples: Samples, rate: int) -> Samples:
    """Return the samples, shape (frames, channels), at 48 kHz (soxr, very high quality, linear phase)."""
    if rate == MEASURED_RATE:
        return samples
    resampled: Samples = soxr.resample(samples, rate, MEASURED_RATE, quality="VHQ")
    return resampled


def integrated_loudness(samples: Samples) -> Loudness:
    """Return the integrated loudness of samples of shape (frames, channels) at 48 kHz.

    Every channel weighs 1, as BS.1770 has it for mono and stereo. One channel is measured as one channel; what a
    listener hears of it on two ears is `BOTH_EARS` more.

    Source: ITU-R BS.1770-5 (2023), Annex 1, equations 1 to 7.
    """
    return gated_loudness(weighted_power(samples))


def weighted_power(samples: Samples) -> Power:
    """Return the K-weighted power of each frame of samples at 48 kHz, summed over channels: shape (frames,)."""
    return PowerFilter(samples.shape[1])(samples)


class PowerFilter:
    """K-weights samples that come in pieces: called with (frames, channels) at 48 kHz, gives their power (frames,)."""

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self._states = np.zeros((channels, 2, 2))  # of both stages, two delays each

    def __call__(self, samples: Samples) -> Power:
        """Return the power of each frame of the next piece, summed over channels."""
        from scipy.signal import lfilter

        power = np.zeros(len(samples))
        for column, state in zip(samples.T, self._states, strict=True):
            shelved, state[0] = lfilter(*_SHELF, column.astype(np.float64), zi=state[0])
            weighted, state[1] = lfilter(*_HIGH_PASS, shelved, zi=state[1])
            power += np.square(weighted)
        return power


def gated_loudness(power: Power) -> Loudness:
    """Return the loudness of the K-weighted power of each frame, shape (frames,)."""
    if len(power) >= BLOCK:
        return gated_blocks(_block_powers(power), power.mean(), "gated")
    return gated_blocks(power.mean(keepdims=True), power.mean(), "single block")


def gated_blocks(blocks: Power, whole: float, rule: Rule) -> Loudness:
    """Return the loudness of blocks of these mean powers; `whole`, the mean power of all, where none is audible."""
    audible = blocks[_lufs(blocks) > ABSOLUTE_GATE]
    if not len(audible):
        return Loudness(float(_lufs(whole)), "ungated")
    gate = float(_lufs(audible.mean())) + RELATIVE_GATE
    mean = audible[_lufs(audible) > gate].mean()
    return Loudness(float(_lufs(mean)), rule)


def ungated_loudness(power: Power) -> float:
    """Return the loudness in LUFS over all frames, whatever their level."""
    return float(_lufs(power.mean()))


def true_peak(samples: Samples) -> float:
    """Return the true peak in dBTP of samples of shape (frames, channels) at 48 kHz, oversampled four times.

    Source: ITU-R BS.1770-5 (2023), Annex 2; soxr's filter stands in for the example filter there.
    """
    stream = soxr.ResampleStream(MEASURED_RATE, 4 * MEASURED_RATE, samples.shape[1], dtype="float32", quality="HQ")
    largest = 0.0
    for start in range(0, len(samples), MEASURED_RATE):  # a second at a time: ten minutes at 192 kHz need a gigabyte
        last = start + MEASURED_RATE >= len(samples)
        finer = stream.resample_chunk(np.ascontiguousarray(samples[start : start + MEASURED_RATE]), last=last)
        largest = max(largest, float(np.abs(finer).max(initial=0.0)))
    return decibels(max(largest, float(np.abs(samples).max())))


def _block_powers(power: Power) -> Power:
    """Return the mean power of every whole block; what is left over at the end belongs to none (BS.1770)."""
    total = np.concatenate(([0.0], np.cumsum(power)))
    starts = np.arange(0, len(power) - BLOCK + 1, STEP)
    blocks: Power = (total[starts + BLOCK] - total[starts]) / BLOCK
    return blocks


def _lufs(power: npt.NDArray[np.float64] | np.floating | float) -> npt.NDArray[np.float64]:
    """Equation 4; a power of 0 becomes -200 LUFS so that figures stay finite."""
    level: npt.NDArray[np.float64] = _OFFSET + 10 * np.log10(np.maximum(power, 1e-20))
    return level
