"""Loudness: reference figures of BS.1770, the rule for clips shorter than its block, cross-checks."""

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.audio import integrated_loudness
from corpus.audio.loudness import BLOCK, BOTH_EARS, at_measured_rate, true_peak

RATE = 48_000


def voiced(seconds, rate=RATE):
    """A steady sound like a held vowel: ten harmonics of 120 Hz."""
    time = np.arange(round(seconds * rate)) / rate
    return sum(0.05 / k * np.sin(2 * np.pi * 120 * k * time + k) for k in range(1, 11)).astype(np.float32)[:, None]


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_a_full_scale_sine_measures_what_the_recommendation_says(tone, rate):
    """BS.1770: 997 Hz at 0 dBFS in one front channel is -3.01 LKFS, at whatever rate it was recorded."""
    measured = integrated_loudness(at_measured_rate(tone(2.0, peak=1.0, rate=rate), rate))

    assert measured.rule == "gated"
    assert measured.lufs == pytest.approx(-3.01, abs=0.005)


@pytest.mark.parametrize("channels", [1, 2])
def test_it_agrees_with_pyloudnorm_where_that_uses_the_same_filters(channels):
    rng = np.random.default_rng(7)
    steps = np.repeat(10 ** (rng.uniform(-50, 0, 30) / 20), BLOCK // 4)
    samples = (0.3 * rng.standard_normal((len(steps), channels)) * steps[:, None]).astype(np.float32)
    reference = pyloudnorm.Meter(RATE, filter_class="DeMan").integrated_loudness(samples.astype(float))

    assert integrated_loudness(samples).lufs == pytest.approx(reference, abs=1e-9)


def test_pauses_are_gated_out(tone):
    """Half of it 30 dB down: the recommendation's gates leave the loud half, but for the blocks that straddle."""
    both = np.concatenate([tone(4, peak=0.25), tone(4, peak=0.25 * 10 ** (-30 / 20))])

    assert integrated_loudness(both).lufs == pytest.approx(integrated_loudness(tone(4, peak=0.25)).lufs, abs=0.2)


@pytest.mark.parametrize("seconds", [0.1, 0.15, 0.3, 0.4, 0.41, 0.5, 1.0])
def test_a_steady_sound_measures_the_same_however_short_it_is_cut(seconds):
    assert integrated_loudness(voiced(seconds)).lufs == pytest.approx(integrated_loudness(voiced(3)).lufs, abs=0.1)


def test_the_two_rules_meet_at_one_block():
    """One sample decides the rule and must not decide the figure, for a sound that is anything but steady."""
    swell = np.random.default_rng(3).standard_normal((BLOCK, 1)) * np.linspace(0, 0.3, BLOCK)[:, None]
    below, at = (integrated_loudness(swell.astype(np.float32)[-n:]) for n in (BLOCK - 1, BLOCK))

    assert (below.rule, at.rule) == ("single block", "gated")
    assert below.lufs == pytest.approx(at.lufs, abs=0.01)


def test_nothing_above_the_absolute_gate_is_measured_without_gates(tone):
    quiet = integrated_loudness(tone(1.0, peak=10 ** (-75 / 20)))

    assert quiet.rule == "ungated"
    assert quiet.lufs == pytest.approx(-78.01, abs=0.02)


def test_two_equal_channels_are_as_loud_as_mono_on_both_ears(tone):
    mono, stereo = (integrated_loudness(tone(1.0, channels=n)).lufs for n in (1, 2))

    assert stereo == pytest.approx(mono + BOTH_EARS, abs=1e-6)


@given(db=st.floats(-30, 6), seconds=st.floats(0.05, 1.5))
@settings(max_examples=30, deadline=None)
def test_a_gain_in_db_is_the_same_in_lu(db, seconds):
    base = voiced(seconds)
    raised = base * np.float32(10 ** (db / 20))

    assert integrated_loudness(raised).lufs == pytest.approx(integrated_loudness(base).lufs + db, abs=1e-3)


def test_the_true_peak_between_the_samples_is_found():
    """A sine at a quarter of the rate, sampled 45 degrees off its tops, peaks 3.01 dB above its samples."""
    samples = np.sin(2 * np.pi * np.arange(RATE) / 4 + np.pi / 4).astype(np.float32)[:, None]
    samples *= np.hanning(RATE).astype(np.float32)[:, None]  # no edges, which would ring

    assert 20 * np.log10(np.abs(samples).max()) == pytest.approx(-3.01, abs=0.01)
    assert true_peak(samples) == pytest.approx(0.0, abs=0.05)
