"""The vocoder: what goes in comes out, with the pitch that was asked for."""

import numpy as np
import pytest

from corpus.demo.vocoder import FFT, HOP, analyse, synthesise, tilt, warp

RATE = 22050


def harmonics(f0, seconds, formant=700.0):
    """A sound of constant pitch whose spectrum has one resonance."""
    t = np.arange(round(seconds * RATE)) / RATE
    partials = np.arange(1, int(8000 / f0))
    strength = 1 / (1 + ((partials * f0 - formant) / 150) ** 2)
    return (strength[:, None] * np.cos(2 * np.pi * f0 * partials[:, None] * t)).sum(axis=0) * 0.05


def period_strength(samples, f0):
    """Correlation of the middle of a sound with itself one period later."""
    lag = round(RATE / f0)
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    return np.corrcoef(middle[:-lag], middle[lag:])[0, 1]


def test_a_periodic_sound_is_voiced_and_noise_is_not():
    assert analyse(harmonics(120, 0.3), rate=RATE, f0=120).voicing[5:-5].min() == 1
    noise = np.random.default_rng(1).standard_normal(RATE // 3) * 0.1
    assert analyse(noise, rate=RATE, f0=120).voicing.mean() < 0.1


def test_white_noise_has_the_envelope_of_its_variance():
    noise = np.random.default_rng(1).standard_normal(RATE) * 0.1
    log_power = analyse(noise, rate=RATE, f0=120).log_power[10:-10]
    # The mean of the logarithm of a smoothed periodogram lies 1 to 2 dB below the logarithm of its mean.
    assert np.log(0.01) - 0.46 < log_power.mean() < np.log(0.01)


def test_the_resonance_is_where_it_was():
    frames = analyse(harmonics(120, 0.3), rate=RATE, f0=120)
    peak = frames.log_power[30].argmax() * RATE / FFT
    assert peak == pytest.approx(700, abs=60)


@pytest.mark.parametrize("f0", [80.0, 150.0, 310.0])
def test_the_sound_gets_the_pitch_asked_for_and_keeps_level_and_resonance(f0):
    source = harmonics(120, 0.4)
    frames = analyse(source, rate=RATE, f0=120)
    sound = synthesise(frames, np.full(len(frames.voicing), f0), np.random.default_rng(1))
    assert period_strength(sound, f0) > 0.9
    assert period_strength(sound, f0 * 1.3) < 0.7
    inner = slice(RATE // 20, -RATE // 20)
    assert 20 * np.log10(sound[inner].std() / source[inner].std()) == pytest.approx(0, abs=1.5)
    again = analyse(sound, rate=RATE, f0=f0).log_power[20:-20].mean(axis=0)
    assert again.argmax() * RATE / FFT == pytest.approx(700, abs=110)


def test_what_is_voiceless_stays_noise():
    noise = np.random.default_rng(1).standard_normal(RATE // 3) * 0.1
    frames = analyse(noise, rate=RATE, f0=120)
    sound = synthesise(frames, np.full(len(frames.voicing), 200.0), np.random.default_rng(2))
    assert abs(period_strength(sound, 200.0)) < 0.3
    assert sound.std() == pytest.approx(0.1, rel=0.15)


def test_warping_to_the_same_times_changes_nothing_and_tilting_adds_decibels():
    frames = analyse(harmonics(120, 0.2), rate=RATE, f0=120)
    n = len(frames.voicing)
    np.testing.assert_allclose(warp(frames, np.arange(n) * HOP).log_power, frames.log_power)
    tilted = tilt(frames, np.full(n, 3.0), -6.0)
    change = (tilted.log_power - frames.log_power) * 10 / np.log(10)
    hertz = np.fft.rfftfreq(FFT, 1 / RATE)
    one, two = np.abs(hertz - 1000).argmin(), np.abs(hertz - 2000).argmin()
    assert change[0, one] == pytest.approx(3.0, abs=0.2)
    assert change[0, two] - change[0, one] == pytest.approx(-6.0, abs=0.2)
    assert change[0, 0] == pytest.approx(3 - 6 * np.log2(0.3))
