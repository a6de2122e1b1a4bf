"""Sounds: equally loud, none twice in a trial, every word of a transcript that is shown there."""

import math
from collections.abc import Iterator
from itertools import combinations

from annotations.checking.facts import Sound, StudyFacts
from annotations.checking.findings import Finding, fault, listed, plural, warning

TOLERANCE = 1.0
"""LU that a sound may be off the loudness that all are served at."""


def check_sounds(facts: StudyFacts) -> Iterator[Finding]:
    """Yield what is wrong with the sounds that listeners would hear."""
    yield from _loudness(facts)
    yield from _twice_in_a_trial(facts)
    yield from _transcripts(facts)


def _loudness(facts: StudyFacts) -> Iterator[Finding]:
    heard = {key for trial in facts.trials for key in (*trial.clips, *([trial.context] if trial.context else []))}
    sounds = sorted((facts.sounds[key] for key in heard if key in facts.sounds), key=lambda sound: sound.key)
    off = [sound for sound in sounds if abs(sound.loudness - facts.target) > TOLERANCE]
    if not off:
        return
    off.sort(key=lambda sound: -abs(sound.loudness - facts.target))
    what = (
        f"{plural(len(off), 'sound')} of {len(sounds)} more than {TOLERANCE:g} LU off {facts.target:g} LUFS: "
        f"{listed([_level(sound) for sound in off])}"
    )
    if any(sound.limited for sound in off):
        lowest = min(sound.loudness for sound in off)
        mend = (
            "Their peaks allow no more: import into a new corpus with BCSTUDY_LOUDNESS_TARGET at "
            f"{math.floor(lowest)} or below, or leave them out"
        )
    else:
        mend = "Import them again into a new corpus"
    yield warning("loudness", what, mend)


def _level(sound: Sound) -> str:
    return f"{sound.key} ({sound.loudness:.1f})"


def _twice_in_a_trial(facts: StudyFacts) -> Iterator[Finding]:
    """Tell of trials that give their answer away; checks may play a sound twice on purpose."""
    twice = []
    for trial in facts.ordinary:
        digests = [(key, facts.sounds[key].digest) for key in trial.clips if key in facts.sounds]
        same = [(a, b) for (a, one), (b, other) in combinations(digests, 2) if one == other]
        if same:
            twice.append(f"{trial.key} ({' = '.join(same[0])})")
    if twice:
        what = f"{plural(len(twice), 'trial')} with the same sound twice: {listed(twice)}"
        yield fault("trials", what, "Take another clip, or make them attention checks with their answers")


def _transcripts(facts: StudyFacts) -> Iterator[Finding]:
    silent = {
        trial.context
        for trial in facts.trials
        if trial.context
        and trial.context in facts.sounds
        and "transcript" in facts.task(trial).show
        and not facts.sounds[trial.context].transcript
    }
    if silent:
        what = f"{plural(len(silent), 'context')} without the transcript that is shown: {listed(sorted(silent))}"
        yield fault("transcripts", what, "Write them into the stimuli, or take `transcript` from `show`")
