"""Where each clip lies for the simulated listeners: the planted perceptual coordinates.

Five are of how a clip sounds, taken from what was synthesised, relative to its speaker, as people hear it: `height`
median pitch about the middle of the voice (semitones); `range` 10th to 90th percentile of pitch (semitones); `rise`
change of pitch from first to last along a straight line (semitones); `rate` how much shorter it is (logarithm), and
`energy` how much louder and brighter (level and spectral balance in equal parts), than the same word by the same
speaker on average. Two are of what its word means (see `words`): `news` and `agreement`. Each is standardised over all
clips: mean 0, standard deviation 1.
"""

from collections.abc import Sequence

import numpy as np

from corpus.demo.clips import Clip
from corpus.demo.dialogues import Situation
from corpus.demo.vocoder import Floats

NAMES = ("height", "range", "rise", "rate", "energy", "news", "agreement")
PROSODIC = 5  # the first so many come from the prosody, the others from the word


def coordinates(clips: Sequence[Clip]) -> Floats:
    """Return the coordinates of every clip, (n_clips, 7) in the order of `NAMES`, standardised over the clips."""
    spoken = [clip.spoken for clip in clips]
    length = np.log2([s.duration for s in spoken])
    level = np.array([s.level for s in spoken])
    balance = np.array([s.balance for s in spoken])
    columns = [
        [np.median(s.melody) for s in spoken],
        [np.subtract(*np.percentile(s.melody, [90, 10])) for s in spoken],
        [_rise(s.melody) for s in spoken],
        -_within(length, clips),
        _standardised(_within(level, clips)) + _standardised(_within(balance, clips)),
        [clip.word.news for clip in clips],
        [clip.word.agreement for clip in clips],
    ]
    return _standardised(np.stack([np.asarray(column, dtype=float) for column in columns], axis=1))


def ideal(situation: Situation, clips: Sequence[Clip], where: Floats) -> Floats:
    """Return the coordinates (7,) of the response that suits a situation best.

    Its prosody is the mean of all clips of the prosody that suits, its meaning the mean of the words that fit; `where`
    holds the coordinates of `clips`.
    """
    suiting = np.array([clip.prosody == situation.suits for clip in clips])
    fitting = np.array([clip.word.token in situation.words for clip in clips])
    return np.concatenate([where[suiting, :PROSODIC].mean(axis=0), where[fitting, PROSODIC:].mean(axis=0)])


def _rise(melody: Floats) -> float:
    place = np.linspace(-0.5, 0.5, len(melody))
    return float(np.sum(place * melody) / np.sum(place**2))


def _within(values: Floats, clips: Sequence[Clip]) -> Floats:
    """Return the values less their mean over the same word by the same speaker."""
    words = np.array([f"{clip.voice.name} {clip.word.token}" for clip in clips])
    means: Floats = np.array([values[words == word].mean() for word in words])
    return values - means


def _standardised(values: Floats) -> Floats:
    standard: Floats = (values - values.mean(axis=0)) / values.std(axis=0)
    return standard
