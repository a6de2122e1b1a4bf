"""Recordings of any length: measured as clips are, cut at the sample."""

import numpy as np
import pytest
import soundfile as sf

from corpus.audio import AudioFaultsError, cut, probe, probe_recording


def assert_same(path):
    """What is measured piece by piece is what is measured at once."""
    whole, pieces = probe(path), probe_recording(path)
    assert pieces.loudness == pytest.approx(whole.loudness, abs=1e-9)
    assert (pieces.sha256, pieces.size, pieces.format, pieces.frames) == (
        whole.sha256,
        whole.size,
        whole.format,
        whole.frames,
    )
    assert (pieces.peak, pieces.clipped, pieces.loudness_rule) == (whole.peak, whole.clipped, whole.loudness_rule)


@pytest.mark.parametrize(("rate", "channels", "seconds"), [(48_000, 2, 61.03), (8_000, 1, 75.5), (16_000, 1, 0.25)])
def test_a_recording_is_measured_like_a_clip(write_sound, rate, channels, seconds):
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((round(seconds * rate), channels)).astype(np.float32) * 0.05
    noise[: len(noise) // 2] *= 0.01  # below the relative gate

    assert_same(write_sound("noise.wav", noise, rate))


def test_real_formats_are_measured_like_clips(shared_data):
    for path in sorted((shared_data / "annotation_formats").iterdir()):
        if path.suffix in {".wav", ".mp3", ".opus", ".sph"}:
            assert_same(path)


def test_what_is_longer_than_a_clip_may_be_is_fit(write_sound, tone):
    facts = probe_recording(write_sound("long.wav", tone(601.0, rate=8_000), 8_000))

    assert facts.duration == 601.0


def test_a_cut_is_exact(write_sound):
    samples = np.linspace(-0.5, 0.5, 8_000, dtype=np.float32)
    path = write_sound("ramp.wav", np.column_stack([samples, -samples]), 8_000, "FLOAT")
    sound, rate = cut(path, 2, 0.25, 0.5)

    assert rate == 8_000
    np.testing.assert_array_equal(sound, -samples[2_000:4_000, None])
    assert cut(path, None, 0.9, 2.0)[0].shape == (800, 2)
    assert cut(path, 1, -1.0, 0.1)[0].shape == (800, 1)
    assert cut(path, 1, 5.0, 6.0)[0].shape == (0, 1)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda tone: tone(1.0) * 0, "silent: nothing in it is louder than -72 dBFS"),
        (lambda tone: np.full((4_800, 1), np.nan, np.float32), "it holds samples that are not numbers"),
        (lambda tone: tone(0.0), "there is no sound in it"),
    ],
)
def test_what_is_refused(write_sound, tone, make, what):
    with pytest.raises(AudioFaultsError, match=what):
        probe_recording(write_sound("bad.wav", make(tone), subtype="FLOAT"))


def test_a_cut_off_file_is_refused(write_sound, tone, tmp_path):
    whole = write_sound("whole.flac", tone(2.0))
    part = tmp_path / "part.flac"
    part.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    with pytest.raises(AudioFaultsError):
        probe_recording(part)
    assert sf.info(whole).duration == 2.0
