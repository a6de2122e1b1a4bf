"""The backchannels as they sound: prosodies and words are told apart by measurement, in every voice."""

from collections import defaultdict
from dataclasses import dataclass

import librosa
import numpy as np
import pytest

from corpus.demo.clips import speak_backchannels
from corpus.demo.levels import spectral_balance
from corpus.demo.voices import LISTENERS
from corpus.demo.words import WORDS

VOICES = [voice.name for voice in LISTENERS]


@dataclass(frozen=True)
class Measured:
    """What pyin and the samples say of a clip: pitch in semitones about the middle of its voice."""

    height: float
    range: float
    slope: float  # semitones from the first voiced moment to the last
    tracked: float  # share of frames with a pitch
    duration: float
    level: float
    balance: float


def measure(clip):
    samples, rate = clip.spoken.samples, clip.spoken.rate
    f0, _, _ = librosa.pyin(samples, fmin=60, fmax=600, sr=rate, frame_length=1024, hop_length=220, resolution=0.25)
    place = np.flatnonzero(np.isfinite(f0))
    pitch = 12 * np.log2(f0[place] / clip.voice.f0)
    slope = np.polyfit((place - place[0]) / (place[-1] - place[0]), pitch, 1)[0]
    return Measured(
        height=np.median(pitch),
        range=np.subtract(*np.percentile(pitch, [90, 10])),
        slope=slope,
        tracked=len(place) / len(f0),
        duration=len(samples) / rate,
        level=20 * np.log10(samples.std()),
        balance=spectral_balance(samples, rate),
    )


@pytest.fixture(scope="module")
def clips():
    return speak_backchannels(seed=1)


@pytest.fixture(scope="module")
def measured(clips):
    return [measure(clip) for clip in clips]


@pytest.fixture(scope="module")
def mean_of(clips, measured):
    """(voice, prosody) -> name of a measure -> its mean over the eight words."""
    groups = defaultdict(list)
    for clip, values in zip(clips, measured, strict=True):
        groups[clip.voice.name, clip.prosody].append(values)
    return lambda voice, prosody, name: np.mean([getattr(m, name) for m in groups[voice, prosody]])


def test_six_voices_eight_words_four_prosodies(clips):
    assert len({clip.name for clip in clips}) == len(clips) == 6 * 8 * 4


def test_clips_are_short_audible_unclipped_and_quiet_at_both_ends(clips):
    for clip in clips:
        samples = clip.spoken.samples
        peak = np.abs(samples).max()
        assert 0.15 < clip.spoken.duration < 1.2, clip.name
        assert 0.04 < peak < 0.95, clip.name
        assert abs(samples.mean()) < 0.01 * samples.std(), clip.name
        assert max(np.abs(samples[:20]).max(), np.abs(samples[-20:]).max()) < 0.05 * peak, clip.name


def test_no_clip_has_a_splice(clips):
    """No step between samples stands out from those of the 20 ms before and after."""
    for clip in clips:
        steps = np.abs(np.diff(clip.spoken.samples, 2))
        assert stands_out(steps, round(0.02 * clip.spoken.rate), audible=0.1) < 5, clip.name


def test_no_pulse_stands_alone(clips):
    """Where no plosive is, no 16 ms are far louder than those before and after: the voice sets in and dies away."""
    for clip in clips:
        if clip.word.token not in {"right", "okay"}:
            loud = np.abs(clip.spoken.samples)
            assert stands_out(loud, round(0.016 * clip.spoken.rate), audible=0.05) < 1.8, clip.name


def stands_out(values, width, audible):
    """Largest ratio of a block's maximum to those of its two neighbours, over blocks above `audible` of the whole."""
    ratios = [0.0]
    for start in range(0, width, width // 4):
        cut = values[start : start + (len(values) - start) // width * width]
        blocks = cut.reshape(-1, width).max(axis=1)
        ratio = blocks[1:-1] / np.maximum(blocks[:-2], blocks[2:])
        ratios += list(ratio[blocks[1:-1] > audible * values.max()])
    return max(ratios)


def test_pitch_is_tracked_and_where_it_was_put(clips, measured):
    for clip, values in zip(clips, measured, strict=True):
        assert values.tracked > 0.5, clip.name
        assert values.height == pytest.approx(np.median(clip.spoken.melody), abs=2.0), clip.name


@pytest.mark.parametrize("voice", VOICES)
class TestProsodiesInEachVoice:
    def test_height(self, voice, mean_of):
        bored, neutral, eager, surprised = (
            mean_of(voice, prosody, "height") for prosody in ("bored", "neutral", "eager", "surprised")
        )
        assert bored < neutral - 2
        assert neutral < eager - 3
        assert eager < surprised - 1

    def test_range_and_slope(self, voice, mean_of):
        for calm in ("neutral", "bored", "eager"):
            assert mean_of(voice, "surprised", "range") > mean_of(voice, calm, "range") + 2
        assert mean_of(voice, "bored", "range") < 2.5
        assert mean_of(voice, "neutral", "slope") < -1
        assert mean_of(voice, "bored", "slope") < -1
        assert mean_of(voice, "eager", "slope") > 2
        assert mean_of(voice, "surprised", "slope") > mean_of(voice, "eager", "slope") + 2

    def test_rate(self, voice, mean_of):
        eager, neutral, bored = (mean_of(voice, p, "duration") for p in ("eager", "neutral", "bored"))
        assert eager < 0.9 * neutral
        assert bored > 1.2 * neutral

    @pytest.mark.parametrize("measure_name", ["level", "balance"])
    def test_energy(self, voice, mean_of, measure_name):
        order = [mean_of(voice, p, measure_name) for p in ("bored", "neutral", "surprised", "eager")]
        assert np.all(np.diff(order) > 0.4)


def test_surprise_falls_a_little_at_the_end(clips):
    ends = [clip.spoken.melody[-1] - clip.spoken.melody.max() for clip in clips if clip.prosody == "surprised"]
    assert -4 < np.mean(ends) < -0.5


def test_no_two_clips_of_a_prosody_are_said_alike(clips):
    heights = [round(float(np.median(clip.spoken.melody)), 6) for clip in clips]
    assert len(set(heights)) == len(heights)


def word_shape(clip):
    """MFCC 2-13 at five moments of the clip: how the spectrum moves, not how long or loud it is."""
    mfcc = librosa.feature.mfcc(y=clip.spoken.samples, sr=clip.spoken.rate, n_mfcc=13, n_fft=512, hop_length=110)
    moments = np.linspace(0.1, 0.9, 5) * (mfcc.shape[1] - 1)
    return mfcc[1:, moments.round().astype(int)].ravel()


def test_words_are_recognised_in_a_voice_never_heard(clips):
    shapes = np.array([word_shape(clip) for clip in clips])
    voices = np.array([clip.voice.name for clip in clips])
    words = np.array([clip.word.token for clip in clips])
    for voice in VOICES:  # each voice about its own mean: its timbre is not the word
        shapes[voices == voice] -= shapes[voices == voice].mean(axis=0)
    right = []
    for voice in VOICES:
        known = voices != voice
        centres = np.array([shapes[known & (words == word.token)].mean(axis=0) for word in WORDS])
        distances = ((shapes[~known][:, None] - centres[None]) ** 2).sum(axis=2)
        guessed = np.array([word.token for word in WORDS])[distances.argmin(axis=1)]
        right.append(np.mean(guessed == words[~known]))
    assert min(right) > 0.7  # chance is 1/8
    assert np.mean(right) > 0.85


def test_another_seed_varies_the_clips_but_never_clips_them(clips):
    others = speak_backchannels(seed=2)
    assert max(np.abs(clip.spoken.samples).max() for clip in others) < 0.95
    assert [c.name for c in others] == [c.name for c in clips]
    assert not any(
        np.array_equal(one.spoken.samples, other.spoken.samples) for one, other in zip(clips, others, strict=True)
    )
