"""The four prosodies, and a word said in one of them."""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import minimum_filter1d

from corpus.demo import vocoder
from corpus.demo.levels import at_level, faded, spectral_balance
from corpus.demo.vocoder import HOP, Floats, Frames

QUIET = 10 ** (-35 / 10)  # relative to the loudest frame: what is quieter at either end is cut off


@dataclass(frozen=True, slots=True)
class Prosody:
    """One way to say a word.

    `melody`: pitch in semitones about the middle of the voice at 0, 1/4, 1/2, 3/4 and 1 of the voiced stretch;
    `stretch`: duration relative to the word as espeak-ng says it; `level`: RMS in dB relative to full scale; `effort`:
    slope of the spectrum in dB per octave (a raised voice is brighter); `swell`: gain in dB from the first voiced
    moment to the last.
    """

    name: str
    melody: tuple[float, float, float, float, float]
    stretch: float
    level: float
    effort: float
    swell: float


PROSODIES = (
    Prosody("neutral", (0.8, 0.5, 0.0, -0.8, -1.8), stretch=1.0, level=-27.0, effort=-2.0, swell=-2.0),
    Prosody("bored", (-2.6, -3.0, -3.4, -3.9, -4.4), stretch=1.5, level=-32.0, effort=-4.5, swell=-5.0),
    Prosody("surprised", (1.0, 3.4, 7.4, 10.4, 9.0), stretch=1.35, level=-24.0, effort=-1.2, swell=1.0),
    Prosody("eager", (3.0, 3.6, 4.6, 5.9, 6.8), stretch=0.78, level=-21.5, effort=-0.6, swell=1.0),
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word as it was said.

    `samples` mono at `rate` Hz, -1..1; `melody`: pitch of its voiced frames in semitones about the middle of the voice;
    `level` in dBFS (RMS); `balance`: energy of 1-5 kHz relative to 0.05-1 kHz, dB.
    """

    samples: Floats
    rate: int
    melody: Floats
    level: float
    balance: float

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate


def vary(prosody: Prosody, rng: np.random.Generator) -> Prosody:
    """Return one person's one-time version of a prosody; nobody says a word the same way twice.

    Standard deviations: height 0.8 semitones and 0.25 at each point of the melody, size of its movements 12 %, duration
    8 %, level 1.2 dB, effort 0.4 dB per octave; but for the points, never more than two of them away.
    """
    height, excursion, stretch, level, effort = np.clip(rng.standard_normal(5), -2, 2)
    melody = np.asarray(prosody.melody)
    middle = melody.mean()
    varied = middle + 0.8 * height + (melody - middle) * (1 + 0.12 * excursion)
    return Prosody(
        name=prosody.name,
        melody=tuple(varied + 0.25 * rng.standard_normal(5)),
        stretch=prosody.stretch * np.exp(0.08 * stretch),
        level=prosody.level + 1.2 * level,
        effort=prosody.effort + 0.4 * effort,
        swell=prosody.swell,
    )


def say(word: Frames, prosody: Prosody, *, f0: float, breath: float, rng: np.random.Generator) -> Spoken:
    """Say the word analysed as `word` with `prosody`, in a voice whose middle is `f0` Hz.

    `breath`: gain of voiceless parts in dB. The level is measured over the whole clip, fades included.
    """
    frames = _without_stray_voice(_paced(_trimmed(word), prosody.stretch))
    place = _voiced_place(frames.voicing)
    semitones = PchipInterpolator(np.linspace(0, 1, 5), prosody.melody)(place)
    # Breath spreads into the frames beside it, as wide as the analysis window (about 15 ms either way).
    breathy = 1 - minimum_filter1d(frames.voicing, 7)
    gains = prosody.swell * place + breath * breathy + _voice_edges(frames.voicing)
    frames = vocoder.tilt(frames, gains, prosody.effort)
    samples = vocoder.synthesise(frames, f0 * 2 ** (semitones / 12), rng)
    samples = at_level(faded(samples, frames.rate), prosody.level)
    voiced = frames.voicing > 0.5
    balance = spectral_balance(samples, frames.rate)
    return Spoken(samples, frames.rate, semitones[voiced], prosody.level, balance)


def _trimmed(frames: Frames) -> Frames:
    loud = np.flatnonzero(frames.power > QUIET * frames.power.max())
    kept = slice(loud[0], loud[-1] + 1)
    return Frames(frames.log_power[kept], frames.voicing[kept], frames.rate)


def _paced(frames: Frames, stretch: float) -> Frames:
    """Change the duration: what is voiced by `stretch`, closures and breath, as in speech, by far less."""
    factors = stretch ** np.where(frames.voicing > 0.5, 1.0, 0.35)
    ends = np.cumsum(factors) * HOP
    new_times = np.arange(0, ends[-1], HOP)
    return vocoder.warp(frames, np.interp(new_times, ends - ends[0], np.arange(len(ends)) * HOP))


def _without_stray_voice(frames: Frames) -> Frames:
    """Take the voice out of the frames before the first and after the last that are clearly voiced."""
    voiced = np.flatnonzero(frames.voicing > 0.5)
    inside = (np.arange(len(frames.voicing)) >= voiced[0]) & (np.arange(len(frames.voicing)) <= voiced[-1])
    return Frames(frames.log_power, np.where(inside, frames.voicing, 0.0), frames.rate)


def _voiced_place(voicing: Floats) -> Floats:
    """Return where each frame is, 0 at the first voiced frame and before, 1 at the last and after."""
    voiced = np.flatnonzero(voicing > 0.5)
    place: Floats = np.clip((np.arange(len(voicing)) - voiced[0]) / (voiced[-1] - voiced[0]), 0, 1)
    return place


def _voice_edges(voicing: Floats) -> Floats:
    """Return the gain in dB (n_frames,) with which the voice sets in and dies away.

    It rises by 8 dB in 15 ms, and falls by 14 dB in 70 ms; what is voiceless before or after (the t of "right") is back
    at its own level 30 ms off, so that no loud frame of the vowel is left over beside it.
    """
    voiced = np.flatnonzero(voicing > 0.5)
    frame = np.arange(len(voicing))
    since, left = (frame - voiced[0]) * HOP, (voiced[-1] - frame) * HOP
    onset = np.interp(since, [-0.03, 0, 0.015], [0, -8, 0])
    release = np.where(left < 0, np.interp(left, [-0.03, 0], [0, -14]), -14 * np.clip(1 - left / 0.07, 0, 1) ** 2)
    gain: Floats = onset + release
    return gain
