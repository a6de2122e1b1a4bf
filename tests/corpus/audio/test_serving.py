"""What browsers get: the format, the level, the timing, the same bytes every time."""

import io

import numpy as np
import pytest
import soundfile as sf

from corpus.audio import AudioFaultsError, integrated_loudness, transcode
from corpus.audio.loudness import true_peak

TARGET = -23.0
LIMIT = -1.0


def decode(clip):
    samples, rate = sf.read(io.BytesIO(clip.wav), dtype="float32", always_2d=True)
    assert (rate, sf.info(io.BytesIO(clip.wav)).subtype) == (48_000, "PCM_16")
    return samples


def level_of(samples, hz):
    """The level in dBFS of one partial, by projection."""
    time = np.arange(len(samples)) / 48_000
    window = np.hanning(len(samples))
    return 20 * np.log10(2 * abs(np.sum(samples[:, 0] * window * np.exp(-2j * np.pi * hz * time))) / window.sum())


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.ogg", "a.opus"])
@pytest.mark.parametrize("seconds", [0.15, 0.3, 0.4, 1.2])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_format_and_length_ends_at_the_target(write_sound, tone, name, seconds, channels):
    clip = transcode(write_sound(name, tone(seconds, channels=channels)), target=TARGET)
    served = decode(clip)
    ears = 3.0103 if channels == 1 else 0.0

    assert served.shape[1] == channels
    assert integrated_loudness(served).lufs + ears == pytest.approx(TARGET, abs=0.01)
    assert clip.loudness == pytest.approx(TARGET, abs=0.01)
    assert (clip.limited, clip.duration) == (False, len(served) / 48_000)


def test_mono_and_the_same_as_stereo_are_equally_loud_in_each_ear(write_sound, tone):
    mono, stereo = (decode(transcode(write_sound(f"{n}.wav", tone(0.5, channels=n)), target=TARGET)) for n in (1, 2))

    assert mono[:, 0] == pytest.approx(stereo[:, 0], abs=3 / 32_768)  # apart from the dither


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 96_000])
def test_pitch_time_and_shape_survive_resampling(write_sound, rate):
    """A click train over a tone: the click stays at its time, the tone at its pitch, the length to the sample."""
    time = np.arange(rate) / rate
    samples = 0.1 * np.sin(2 * np.pi * 1_000 * time)
    samples[rate // 2] = 0.9
    clip = transcode(write_sound("a.wav", samples[:, None].astype(np.float32), rate=rate), target=TARGET)
    served = decode(clip)

    assert len(served) == 48_000
    assert abs(int(np.argmax(np.abs(served))) - rate // 2 * 48_000 / rate) <= 1
    assert level_of(served, 1_000) > max(level_of(served, hz) for hz in (995, 998, 1_002, 1_005)) + 10
    assert level_of(served, 1_000) - clip.gain == pytest.approx(-20, abs=0.1)


def test_starts_and_ends_are_exact(write_sound, tone):
    """At 48 kHz nothing moves: served samples are the original's, times one gain, within the dither."""
    samples = tone(0.25, hz=300)
    clip = transcode(write_sound("a.wav", samples, subtype="FLOAT"), target=TARGET)
    error = decode(clip) - samples * 10 ** (clip.gain / 20)

    assert np.abs(error).max() <= 1.51 / 32_768


def test_dither_leaves_no_distortion(write_sound, tone):
    """Of a tone below one step of 16 bit, the tone is still there and its third harmonic is not."""
    samples = np.concatenate([tone(1.0, peak=0.5), tone(4.0, hz=480, peak=0.6 / 32_768)])
    as_it_is = integrated_loudness(samples).lufs + 3.0103
    clip = transcode(write_sound("a.wav", samples, subtype="FLOAT"), target=as_it_is)
    tail = decode(clip)[60_000:]

    assert abs(clip.gain) < 0.1
    assert level_of(tail, 480) == pytest.approx(20 * np.log10(0.6 / 32_768), abs=1)
    assert level_of(tail, 1_440) < level_of(tail, 480) - 15


def test_a_peaky_clip_stays_below_the_limit_and_says_so(write_sound):
    samples = 0.001 * np.random.default_rng(1).standard_normal((48_000, 1)).astype(np.float32)
    samples[24_000] = 0.5
    clip = transcode(write_sound("a.wav", samples), target=TARGET)

    assert clip.limited
    assert clip.peak == pytest.approx(LIMIT, abs=0.01)
    assert true_peak(decode(clip)) <= LIMIT + 0.01
    assert clip.loudness < TARGET - 3


def test_the_target_is_reached_from_far_below_the_absolute_gate(write_sound, tone):
    """Measured as it is, the pause would be gated out or not depending on the level of the file."""
    samples = np.concatenate([tone(0.6), 0.003 * tone(0.6), tone(0.3)]) * 10 ** (-55 / 20)
    clip = transcode(write_sound("a.wav", samples.astype(np.float32), subtype="FLOAT"), target=TARGET)

    assert clip.loudness == pytest.approx(TARGET, abs=0.02)
    assert clip.gain > 40


def test_a_channel_is_picked_and_never_mixed(write_sound, tone):
    path = write_sound("a.wav", np.hstack([tone(0.5, hz=300), tone(0.5, hz=2_000)]))
    second = decode(transcode(path, channel=2, target=TARGET))

    assert second.shape[1] == 1
    assert level_of(second, 2_000) > level_of(second, 300) + 60


def test_the_same_file_gives_the_same_bytes_and_another_target_others(write_sound, tone):
    path = write_sound("a.ogg", tone(0.5))
    first, again, louder = (transcode(path, target=target) for target in (-23.0, -23.0, -20.0))

    assert first == again
    assert first.sha256 != louder.sha256
    assert louder.gain - first.gain == pytest.approx(3, abs=0.001)


def test_what_cannot_be_heard_is_not_served(write_sound):
    with pytest.raises(AudioFaultsError, match="silent"):
        transcode(write_sound("a.wav", np.zeros((4_800, 1), np.float32)), target=TARGET)


@pytest.mark.parametrize("folder", ["fsdd_subset", "emogator_subset"])
def test_real_clips_end_equally_loud(shared_data, folder):
    paths = sorted(path for path in (shared_data / folder).iterdir() if path.suffix in {".wav", ".mp3"})[::6]
    clips = [transcode(path, target=TARGET) for path in paths]

    assert all(clip.limited or clip.loudness == pytest.approx(TARGET, abs=0.01) for clip in clips)
    assert all(clip.peak <= LIMIT + 0.01 for clip in clips)
    assert sum(clip.limited for clip in clips) <= len(clips) * 0.02
