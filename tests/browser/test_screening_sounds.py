"""The screening sounds, measured: what each ear gets, and what only both together show."""

from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import pytest
from scipy.signal import butter, coherence, csd, sosfilt, welch

from annotations.design.screening import ScreeningTrial, plan_screening
from corpus.audio.loudness import at_measured_rate, integrated_loudness
from tests.browser.screening_sounds import LOUDNESS, Array, Maker, Sound, sound_maker, trial_sounds

pytestmark = pytest.mark.browser

RATES = [44_100, 48_000, 96_000]
BAND = (564.0, 636.0)  # Hz: 600 Hz ± 6 %


@pytest.fixture(scope="module")
def make(chromium_path: str) -> Iterator[Maker]:
    with sound_maker(chromium_path) as make:
        yield make


@pytest.fixture(scope="module")
def trial_sound(make: Maker) -> Callable[..., Sound]:
    return trial_sounds(make)


def huggins(seed: int = 7, target: int = 2) -> ScreeningTrial:
    return ScreeningTrial("huggins", seed, target)


def antiphase(target: int = 3, turned: int = 1) -> ScreeningTrial:
    return ScreeningTrial("antiphase", 7, target, turned)


def lufs(ears: Array, rate: int) -> float:
    return integrated_loudness(at_measured_rate(np.ascontiguousarray(ears.T, dtype=np.float32), rate)).lufs


def level(samples: Array) -> float:
    return float(10 * np.log10(np.mean(np.square(samples))))


# Both kinds


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("trial", "silence"), [(huggins(), 1.0), (antiphase(), 0.5)])
def test_three_sounds_of_a_second_with_silence_between(
    trial_sound: Callable[..., Sound], trial: ScreeningTrial, silence: float, rate: int
) -> None:
    sound = trial_sound(trial, rate)
    starts = [0.0, 1 + silence, 2 * (1 + silence)]
    assert sound.rate == rate
    assert np.array(sound.spans) == pytest.approx(np.array([(start, start + 1) for start in starts]))
    assert sound.ears.shape == (2, round((3 + 2 * silence) * rate))
    for start in starts[1:]:
        gap = sound.ears[:, round((start - silence) * rate) : round(start * rate)]
        assert not gap.any()
        assert gap.shape[1] == silence * rate


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("trial", [huggins(), antiphase()])
def test_web_audio_plays_every_sample_as_it_was_made(
    trial_sound: Callable[..., Sound], trial: ScreeningTrial, rate: int
) -> None:
    assert trial_sound(trial, rate).played_as_made


@pytest.mark.parametrize(("trial", "seconds"), [(huggins(), 0.01), (antiphase(), 0.1)])
def test_sounds_begin_and_end_along_a_raised_cosine(
    trial_sound: Callable[..., Sound], trial: ScreeningTrial, seconds: float
) -> None:
    """The mean square of many slices of a ramp follows the square of a raised cosine, at both ends and ears."""
    for position in (1, 2, 3):
        for ear in trial_sound(trial).interval(position):
            frames = round(seconds * 48_000)
            for end in (ear, ear[::-1]):
                assert np.abs(end[:5]).max() < 1e-3 * np.abs(ear).max()
                steady = np.sqrt(np.mean(np.square(ear[len(ear) // 4 : -len(ear) // 4])))
                for part in np.array_split(np.arange(frames), 4):
                    gain = np.sqrt(np.mean(((1 - np.cos(np.pi * (part + 0.5) / frames)) / 2) ** 2))
                    # 120 samples of noise: their mean square is known to 13 %
                    assert np.sqrt(np.mean(end[part] ** 2)) == pytest.approx(gain * steady, rel=0.25)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("loudness", [-23.0, -30.0])
@pytest.mark.parametrize("trial", [huggins(), antiphase()])
def test_each_sound_is_as_loud_as_the_clips(
    trial_sound: Callable[..., Sound], trial: ScreeningTrial, loudness: float, rate: int
) -> None:
    sound = trial_sound(trial, rate, loudness)
    for position in (1, 2, 3):
        softer = 6.0 if trial.kind == "antiphase" and position == trial.target else 0.0
        assert lufs(sound.interval(position, without=0.1), rate) == pytest.approx(loudness - softer, abs=0.3)


@pytest.mark.parametrize("trial", [huggins(), antiphase()])
def test_a_sound_that_would_be_clipped_is_refused(trial_sound: Callable[..., Sound], trial: ScreeningTrial) -> None:
    assert np.abs(trial_sound(trial).ears).max() < 0.5
    with pytest.raises(Exception, match="would be clipped: ask for a lower loudness"):
        trial_sound(trial, 48_000, 3.0)


# Huggins pitch


def test_a_seed_repeats_its_noises_and_another_has_others(make: Maker) -> None:
    def noises(seed: int, target: int) -> Sound:
        return make("huggins", "huggins", {"seed": seed, "target": target, "rate": 44_100, "loudness": LOUDNESS})

    assert np.array_equal(noises(7, 2).ears, noises(7, 2).ears)
    assert np.array_equal(noises(7, 2).ears[0], noises(7, 3).ears[0])
    first, second = noises(7, 1).interval(1)[0], noises(8, 1).interval(1)[0]
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.02
    within = np.corrcoef([noises(7, 1).interval(position)[0] for position in (1, 2, 3)])
    assert np.abs(within - np.eye(3)).max() < 0.02


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("target", [1, 2, 3])
def test_the_ears_differ_by_half_a_turn_in_the_band_of_the_target_only(
    trial_sound: Callable[..., Sound], target: int, rate: int
) -> None:
    sound = trial_sound(huggins(target=target), rate)
    for position in {1, 2, 3} - {target}:
        left, right = sound.interval(position)
        assert np.array_equal(left, right)
    left, right = sound.interval(target, without=0.01)
    frequencies, cross = csd(left, right, rate, nperseg=rate // 5)
    _, same = coherence(left, right, rate, nperseg=rate // 5)
    inside = (frequencies > BAND[0] + 10) & (frequencies < BAND[1] - 10)
    outside = (frequencies < BAND[0] - 15) | (frequencies > BAND[1] + 15)
    assert inside.sum() >= 10
    assert np.abs(np.abs(np.angle(cross[inside])) - np.pi).max() < 0.1
    assert np.abs(np.angle(cross[outside & (frequencies > 0)])).max() < 0.1
    assert same[inside | outside].min() > 0.97


def test_each_ear_alone_hears_white_noise_in_every_interval(trial_sound: Callable[..., Sound]) -> None:
    """Thirds of an octave have the level of white noise, and the band is as strong in the ear where it is turned.

    What remains comes of the ramps, and is below what chance makes of 72 Hz in 1 s of noise: 0.5 dB.
    """
    sounds = [trial_sound(huggins(seed)) for seed in range(8)]
    for ear in (0, 1):
        for position in (1, 2, 3):
            noises = np.array([sound.interval(position)[ear] for sound in sounds])
            frequencies, density = welch(noises, 48_000, nperseg=4800)
            mean = density.mean(axis=0)
            flat = mean[(frequencies > 100) & (frequencies < 20_000)].mean()
            for centre in 1000 * 2.0 ** (np.arange(-6, 13) / 3):
                third = (frequencies > centre * 2 ** (-1 / 6)) & (frequencies < centre * 2 ** (1 / 6))
                assert abs(10 * np.log10(mean[third].mean() / flat)) < 1.0
    for sound in sounds:
        left, right = (np.abs(np.fft.rfft(ear)) ** 2 for ear in sound.interval(2))
        for near in (slice(564, 637), slice(500, 701)):  # bins of 1 Hz
            assert abs(10 * np.log10(right[near].sum() / left[near].sum())) < 0.15


def test_no_interval_and_no_ear_has_more_energy(trial_sound: Callable[..., Sound]) -> None:
    for seed in range(8):
        sound = trial_sound(huggins(seed))
        levels = [level(ear) for position in (1, 2, 3) for ear in sound.interval(position)]
        assert max(levels) - min(levels) < 0.05


def test_what_is_heard_is_as_strong_at_every_rate(trial_sound: Callable[..., Sound]) -> None:
    def density(rate: int) -> float:
        frequencies, power = welch(trial_sound(huggins(), rate).interval(1)[0], rate, nperseg=rate // 10)
        return float(10 * np.log10(power[(frequencies > 100) & (frequencies < 10_000)].mean()))

    assert [density(rate) for rate in RATES] == pytest.approx([density(48_000)] * 3, abs=0.5)


# Antiphase tones


@pytest.mark.parametrize("rate", RATES)
def test_three_pure_tones_of_200_hz(trial_sound: Callable[..., Sound], rate: int) -> None:
    sound = trial_sound(antiphase(), rate)
    for position in (1, 2, 3):
        for ear in sound.interval(position):
            power = np.abs(np.fft.rfft(ear)) ** 2
            assert np.argmax(power) == 200
            assert power[150:251].sum() / power.sum() > 1 - 1e-5


@pytest.mark.parametrize("trial", plan_screening(kind="antiphase", n_trials=6, seed=1))
def test_one_tone_is_softer_and_another_cancels(trial_sound: Callable[..., Sound], trial: ScreeningTrial) -> None:
    sound = trial_sound(trial)
    full = level(sound.interval(({1, 2, 3} - {trial.target, trial.antiphase}).pop())[0])
    for position in (1, 2, 3):
        left, right = sound.interval(position)
        softer = 6.0 if position == trial.target else 0.0
        assert [level(left), level(right)] == pytest.approx([full - softer] * 2, abs=0.01)
        if position == trial.antiphase:
            assert np.array_equal(left, -right)
        else:
            assert np.array_equal(left, right)


# Reference noise


@pytest.fixture(scope="module")
def reference(make: Maker) -> Callable[[int, int], Sound]:
    return cache(
        lambda rate, seed: make("volume", "referenceNoise", {"seed": seed, "rate": rate, "loudness": LOUDNESS})
    )


@pytest.mark.parametrize("rate", RATES)
def test_reference_noise_is_as_loud_as_the_clips_on_both_ears(
    reference: Callable[[int, int], Sound], rate: int
) -> None:
    for seed in (1, 2, 3):
        sound = reference(rate, seed)
        assert np.array_equal(sound.ears[0], sound.ears[1])
        assert sound.played_as_made
        assert lufs(sound.ears, rate) == pytest.approx(LOUDNESS, abs=0.3)
        assert np.abs(sound.ears).max() < 0.9
    assert abs(np.corrcoef(reference(rate, 1).ears[0], reference(rate, 2).ears[0])[0, 1]) < 0.05


@pytest.mark.parametrize("rate", RATES)
def test_reference_noise_has_the_spectrum_of_speech(reference: Callable[[int, int], Sound], rate: int) -> None:
    frequencies, density = welch(reference(rate, 1).ears[0], rate, nperseg=rate // 10)
    decibel = 10 * np.log10(density)
    level_part = decibel[(frequencies >= 200) & (frequencies <= 700)].mean()
    octaves = np.log2(np.maximum(frequencies, 1) / 1000)
    wanted = np.where(frequencies < 1000, 0.0, -12.0 * octaves)
    judged = (frequencies >= 125) & (frequencies <= 6000)
    assert np.abs(decibel - level_part - wanted)[judged].max() < 5.0  # the tolerance of the standard
    assert decibel[frequencies == 20] < level_part - 15


def test_the_end_of_the_reference_noise_meets_its_start(reference: Callable[[int, int], Sound]) -> None:
    """A click has high frequencies that this noise lacks; at the seam there is no more of them than elsewhere."""
    for seed in (1, 2, 3):
        loop = reference(48_000, seed).ears[0].astype(np.float64)
        twice = np.tile(loop, 2)
        above = sosfilt(butter(4, 8000, "high", fs=48_000, output="sos"), twice)
        seam = np.abs(above[len(loop) - 24 : len(loop) + 24]).max()
        assert seam < np.quantile(np.abs(above[4800:-4800]), 0.9999)
