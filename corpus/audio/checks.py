"""What makes a recording unfit for listeners: broken samples, silence, clipping."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from corpus.audio.channels import channel_fault
from corpus.audio.faults import AudioFault
from corpus.audio.reading import Recording, Samples

SILENT_PEAK = -72.0
"""dBFS. A recording that never leaves this level (±8 of the 32,768 steps of 16 bit) around its mean is silent."""

CLIP_RUN = 3
"""Samples at full scale in a row that count as clipped; a single peak may touch full scale."""

CLIPPED_SHARE_REFUSED = 0.01
"""Share of a channel's samples in such runs above which a recording is refused; below it, it is only noted.

Speech recorded 6 dB too hot has about 1.5 % of its samples there, the hottest of 384 crowd-sourced vocal bursts
(emogator) 0.025 %.
"""

# The largest value of a positive sample where that is not 32,767 / 32,768 or more.
_FULL_SCALE = {"PCM_U8": 127 / 128, "PCM_S8": 127 / 128, "ULAW": 32124 / 32768, "ALAW": 32256 / 32768}
_FLOATING = {"FLOAT", "DOUBLE"}


def decibels(amplitude: float) -> float:
    """Return a ratio of amplitudes in dB; -inf for 0."""
    return float(20 * np.log10(amplitude)) if amplitude > 0 else float("-inf")


def peak_level(samples: Samples) -> float:
    """Return the largest absolute sample, in dBFS."""
    return decibels(float(np.max(np.abs(samples))))


def clipped_share(samples: npt.NDArray[np.float32], subtype: str) -> float:
    """Return the share (0 to 1) of samples, shape (frames,), in runs of `CLIP_RUN` or more at full scale.

    Full scale is the largest value that the sample format `subtype` (libsndfile's name) can hold. A floating-point
    file can go beyond it unharmed, so there only samples at exactly ±1 count.
    """
    size = np.abs(samples)
    if subtype in _FLOATING:
        at_top = np.abs(size - 1.0) < 1e-4
    else:
        at_top = size >= _FULL_SCALE.get(subtype, 32767 / 32768) - 1e-5
    edges = np.flatnonzero(np.diff(np.concatenate(([False], at_top, [False]))))
    runs = edges[1::2] - edges[::2]
    return float(runs[runs >= CLIP_RUN].sum() / len(samples))


def faults_of(recording: Recording, channel: int | None) -> Iterator[AudioFault]:
    """Say what is wrong with the recording, of which `channel` (from 1; None: all) will be heard."""
    wrong_channel = channel_fault(channel, recording.channels)
    if wrong_channel:
        yield wrong_channel
    if not np.isfinite(recording.samples).all():
        broken = int((~np.isfinite(recording.samples)).sum())
        yield AudioFault(f"{broken} samples are not numbers (NaN or infinite)", "Export it again from the source")
        return
    heard = recording.samples if wrong_channel or channel is None else recording.samples[:, channel - 1 : channel]
    if _is_silent(heard):
        yield _silence(recording, heard)
    clipped = max(clipped_share(column, recording.subtype) for column in heard.T)
    if clipped > CLIPPED_SHARE_REFUSED:
        what = f"clipped: {clipped:.1%} of the samples lie flat at full scale"
        yield AudioFault(what, "Use another take, or the recording before it was made louder")


def _is_silent(samples: Samples) -> bool:
    return bool(peak_level(samples - samples.mean(axis=0)) < SILENT_PEAK)


def _silence(recording: Recording, heard: Samples) -> AudioFault:
    if heard.shape[1] < recording.channels and not _is_silent(recording.samples):
        return AudioFault("the channel is silent while another is not", "Name the other channel", "channel")
    what = f"silent: nothing in it is louder than {SILENT_PEAK:.0f} dBFS"
    return AudioFault(what, "Use another take, or leave the row out")
