"""How loud the sounds of a study are served."""

from dataclasses import dataclass

from annotations.models import StudyVersion, TrialClip
from corpus.models import Stimulus


@dataclass(frozen=True, slots=True)
class Loudness:
    """`targets`: LUFS aimed at; `n_clips` that are judged, of which `n_limited` are quieter than the target."""

    targets: tuple[float, ...]
    n_clips: int
    n_limited: int


def loudness_of(version: StudyVersion) -> Loudness:
    """Return what the clips in the trials of a version are served at, in one query."""
    judged = TrialClip.objects.filter(trial__version=version).values("stimulus")
    served = [one.served for one in Stimulus.objects.filter(pk__in=judged).select_related("served")]
    targets = tuple(sorted({one.target for one in served}))
    return Loudness(targets, len(served), sum(one.is_limited for one in served))
