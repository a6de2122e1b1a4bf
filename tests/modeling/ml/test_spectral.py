"""The spectral encoder hears the spectrum and not the level, and no other clip."""

import numpy as np
import pytest

from modeling.ml.encoders import check_settings, label_of, load_encoder
from modeling.ml.encoders.base import Encoder
from modeling.ml.similarity import cosine_similarities
from tests.modeling.tiny import voices


@pytest.fixture(scope="module")
def spectral() -> Encoder:
    return load_encoder("spectral", check_settings("spectral", {}))


def noise_at(low: float, high: float, *, seed: int) -> np.ndarray:
    """Return half a second of noise between two frequencies (Hz)."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal(8000))
    hertz = np.fft.rfftfreq(8000, 1 / 16_000)
    spectrum[(hertz < low) | (hertz > high)] *= 1e-3
    return (np.fft.irfft(spectrum) * 0.1).astype(np.float32)


def test_like_spectra_are_closer_than_unlike_ones(spectral: Encoder) -> None:
    clips = [noise_at(300, 900, seed=1), noise_at(300, 900, seed=2), noise_at(2000, 5000, seed=3)]
    cosines = cosine_similarities(spectral.encode(clips, [16_000] * 3))
    assert cosines[0, 1] > 0.95
    assert cosines[0, 2] < 0.5


def test_a_peak_stands_at_its_band(spectral: Encoder) -> None:
    vector = spectral.encode([noise_at(3000, 3300, seed=1)], [16_000])[0]
    mel = 2595 * np.log10(1 + np.array([3150, 8000]) / 700)
    assert abs(int(vector[:40].argmax()) - 40 * mel[0] / mel[1]) < 2


def test_movement_is_in_the_deviations(spectral: Encoder) -> None:
    steady = np.concatenate([noise_at(300, 3000, seed=1)] * 2)
    moving = np.concatenate([noise_at(300, 900, seed=1), noise_at(2000, 3000, seed=2)])
    still, lively = spectral.encode([steady, moving], [16_000] * 2)[:, 40:80]
    assert lively.mean() > 2 * still.mean()


def test_the_level_of_the_recording_does_not_matter(spectral: Encoder) -> None:
    clip = voices(0.4)[0]
    loud, soft = spectral.encode([clip, clip * 0.05], [16_000] * 2)
    np.testing.assert_allclose(loud, soft, atol=2e-4)


def test_a_clip_is_the_same_in_any_company(spectral: Encoder) -> None:
    clips = voices(0.3, 0.9, 0.5)
    together = spectral.encode(clips, [16_000] * 3)
    for clip, vector in zip(clips, together, strict=True):
        assert np.array_equal(spectral.encode([clip], [16_000])[0], vector)


@pytest.mark.parametrize("samples", [1, 200, 400, 401, 561])
def test_clips_of_a_frame_and_less_have_finite_vectors(spectral: Encoder, samples: int) -> None:
    vectors = spectral.encode([voices(0.3)[0][1000 : 1000 + samples], np.zeros(samples, np.float32)], [16_000] * 2)
    assert vectors.shape == (2, 132)
    assert np.isfinite(vectors).all()


def test_settings_shape_the_vector_and_the_label() -> None:
    settings = check_settings("spectral", {"mel_bands": "24", "coefficients": 8})
    assert label_of("spectral", settings) == "spectral 24/8"
    assert label_of("spectral", check_settings("spectral", {})) == "spectral"
    assert load_encoder("spectral", settings).encode(voices(0.3), [16_000]).shape == (1, 2 * 24 + 4 * 8)


def test_what_computed_it_is_told(spectral: Encoder) -> None:
    assert set(spectral.versions) == {"torch", "torchaudio", "soxr"}
    assert spectral.weights_digest == ""
