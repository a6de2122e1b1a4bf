"""The prosody encoder hears pitch, loudness over time, duration and voicing, and says so when there is no pitch."""

import numpy as np
import pytest

from modeling.ml.encoders import check_settings, label_of, load_encoder
from modeling.ml.encoders.base import Encoder
from modeling.ml.encoders.prosody import REFERENCE_HZ, semitones
from modeling.ml.similarity import cosine_similarities

RATE = 16_000
MARK, MIDDLE, SPREAD, RANGE, SLOPE = range(5)
CONTOUR, ENERGY, DURATION, VOICING = slice(5, 25), slice(26, 46), 46, 47


@pytest.fixture(scope="module")
def prosody() -> Encoder:
    return load_encoder("prosody", check_settings("prosody", {}))


def sung(hertz: float, semitones_up: float = 0.0, *, seconds: float = 0.5, seed: int = 0) -> np.ndarray:
    """Return a voice with overtones that glides by that many semitones."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(hertz * 2 ** (semitones_up / 12 * time / seconds)) / RATE
    tone = sum(np.sin(k * phase) / k for k in range(1, 15))
    rng = np.random.default_rng(seed)
    return (0.1 * tone * np.hanning(len(time) + 2)[1:-1] + rng.normal(0, 1e-4, len(time))).astype(np.float32)


@pytest.mark.parametrize("hertz", [90.0, 150.0, 300.0, 520.0])
def test_pitch_in_semitones_from_one_reference_for_all_speakers(hertz: float) -> None:
    track = semitones(sung(hertz), RATE, lowest_hz=65, highest_hz=600)
    assert np.nanmedian(track) == pytest.approx(12 * np.log2(hertz / REFERENCE_HZ), abs=0.2)
    assert np.isfinite(track).mean() > 0.7


def test_numbers_of_a_rise(prosody: Encoder) -> None:
    level, rise, fall = prosody.encode([sung(200), sung(200, 6), sung(200, -6)], [RATE] * 3)
    assert level[MIDDLE] == pytest.approx(12 * np.log2(200 / 150) / 6, abs=0.05)
    # 6 semitones in half a second: 12 a second, in units of 10.
    assert rise[SLOPE] == pytest.approx(1.2, abs=0.15)
    assert fall[SLOPE] == pytest.approx(-1.2, abs=0.15)
    assert abs(level[SLOPE]) < 0.05
    assert rise[RANGE] > 10 * level[RANGE]
    assert np.all(np.diff(rise[CONTOUR]) > -0.01)
    assert rise[CONTOUR][-1] > 0 > fall[CONTOUR][-1]


def test_a_melody_is_alike_in_a_high_and_a_low_voice(prosody: Encoder) -> None:
    clips = [sung(110, 6), sung(220, 6), sung(110, -6)]
    cosines = cosine_similarities(prosody.encode(clips, [RATE] * 3)[:, [SLOPE, *range(5, 25)]])
    assert cosines[0, 1] > 0.95
    assert cosines[0, 2] < -0.9


def test_duration_and_the_shape_of_loudness(prosody: Encoder) -> None:
    short, long = prosody.encode([sung(150, seconds=0.25), sung(150, seconds=1.0)], [RATE] * 2)
    assert short[DURATION] == pytest.approx(-1, abs=1e-3)
    assert long[DURATION] == pytest.approx(1, abs=1e-3)
    assert short[ENERGY].argmax() in range(8, 12)
    fading = sung(150) * np.linspace(1, 0.01, 8000, dtype=np.float32) ** 2
    assert prosody.encode([fading], [RATE])[0][ENERGY].argmax() < 8


def test_the_level_of_the_recording_does_not_matter(prosody: Encoder) -> None:
    loud, soft = prosody.encode([sung(180, 3), sung(180, 3) * 0.1], [RATE] * 2)
    np.testing.assert_allclose(loud, soft, atol=0.02)


def test_a_clip_without_voice_says_so_and_stands_in_the_middle(prosody: Encoder) -> None:
    hiss = np.random.default_rng(1).normal(0, 0.05, 8000).astype(np.float32)
    unvoiced, voiced = prosody.encode([hiss, sung(150)], [RATE] * 2)
    assert unvoiced[MARK] == 1
    assert voiced[MARK] == 0
    assert not unvoiced[1:25].any()
    assert unvoiced[VOICING] == pytest.approx(-0.6 / 0.25)
    assert np.isfinite(unvoiced).all()


@pytest.mark.parametrize("samples", [1, 16, 160, 399, 1024])
def test_very_short_and_silent_clips_have_finite_vectors(prosody: Encoder, samples: int) -> None:
    vectors = prosody.encode([sung(150)[4000 : 4000 + samples], np.zeros(samples, np.float32)], [RATE] * 2)
    assert vectors.shape == (2, 48)
    assert np.isfinite(vectors).all()
    assert vectors[1][MARK] == 1


def test_a_clip_is_the_same_in_any_company(prosody: Encoder) -> None:
    clips = [sung(120, 2), sung(240, -3, seconds=0.3)]
    together = prosody.encode(clips, [RATE] * 2)
    assert np.array_equal(prosody.encode(clips[1:], [RATE]), together[1:])


def test_settings_are_checked_and_named() -> None:
    settings = check_settings("prosody", {"points": 10, "highest_hz": "500"})
    assert label_of("prosody", settings) == "prosody 65-500 Hz/10"
    assert load_encoder("prosody", settings).encode([sung(150)], [RATE]).shape == (1, 28)
    with pytest.raises(ValueError, match="stay within 40 to 1000"):
        check_settings("prosody", {"lowest_hz": 700})
