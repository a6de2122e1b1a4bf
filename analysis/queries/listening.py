"""What the plan says about listening to a trial: how long its sounds take, and which trial it repeats."""

from collections import defaultdict
from dataclasses import dataclass

from annotations.design.plausibility import least_seconds
from annotations.enums import Check
from annotations.models import StudyVersion, Trial, TrialClip
from annotations.study_file.plan import REPEATED

WITH_SOUND = "context_audio"


@dataclass(frozen=True, slots=True)
class Listening:
    """`least_ms`: by trial, what hearing every sound once takes at least; trials with an unknown sound are missing.

    `repeats`: by repeated trial, the trial it repeats.
    """

    least_ms: dict[int, float]
    repeats: dict[int, int]


def listening_of(version: StudyVersion) -> Listening:
    """Read both for the trials of a version, in three queries."""
    return Listening(_least_ms(version), _repeats(version))


def _least_ms(version: StudyVersion) -> dict[int, float]:
    seconds: defaultdict[int, list[float | None]] = defaultdict(list)
    clips = TrialClip.objects.filter(trial__version=version).order_by()
    for trial, length in clips.values_list("trial", "stimulus__served__duration"):
        seconds[trial].append(length)
    contexts = Trial.objects.filter(version=version, context__isnull=False).order_by()
    for trial, show, length in contexts.values_list("pk", "task__show", "context__served__duration"):
        if WITH_SOUND in show:
            seconds[trial].append(length)
    known = {trial: [s for s in lengths if s is not None] for trial, lengths in seconds.items() if None not in lengths}
    return {trial: 1000 * least_seconds((1, one) for one in lengths) for trial, lengths in known.items()}


def _repeats(version: StudyVersion) -> dict[int, int]:
    trials = Trial.objects.filter(version=version).order_by()
    rows = list(trials.values_list("pk", "key", "check_kind", f"attributes__{REPEATED}"))
    by_key = {key: pk for pk, key, *_ in rows}
    return {pk: by_key[of] for pk, _, check, of in rows if check == Check.REPEAT and of in by_key}
