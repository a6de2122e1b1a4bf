"""What the checks look at, of a study that is loaded."""

from collections.abc import Iterable

from django.conf import settings

from annotations.checking.facts import Sound, StudyFacts
from annotations.checking.findings import Finding, fault, listed, plural
from annotations.models import StudyVersion
from annotations.study_file.plan import TrialPlan
from annotations.study_file.schema import definition_of
from corpus.models import Corpus, Stimulus
from corpus.queries.audio import served_target
from corpus.storage import in_media, served_path


def facts_of_version(version: StudyVersion) -> tuple[StudyFacts, list[Finding]]:
    """Return what a version stores, and what is wrong with its sounds."""
    sounds, found = sounds_of_corpus(version.corpus)
    trials = tuple(_plans(version))
    used = {key for trial in trials for key in (*trial.clips, trial.context) if key}
    facts = StudyFacts(
        definition=definition_of(version),
        consent=version.consent,
        trials=trials,
        sounds=sounds,
        target=served_target(version.corpus),
        interface=interface_languages(),
    )
    return facts, found if used - set(sounds) else []


def sounds_of_corpus(corpus: Corpus) -> tuple[dict[str, Sound], list[Finding]]:
    """Return the sounds of a corpus whose files are there, and a finding about those whose are not."""
    sounds, missing = {}, []
    for stimulus in Stimulus.objects.filter(corpus=corpus).select_related("served", "audio"):
        if in_media(served_path(stimulus.served.sha256)).is_file() and stimulus.audio.location.is_file():
            sounds[stimulus.key] = _sound(stimulus)
        else:
            missing.append(stimulus.key)
    if not missing:
        return sounds, []
    what = f"{plural(len(missing), 'sound')} not in the media folder: {listed(missing)}"
    mend = f"Restore the media folder, or import {corpus.source or 'the stimuli'} into {corpus} again"
    return sounds, [fault("sounds", what, mend)]


def interface_languages() -> tuple[str, ...]:
    """Return the languages in which our own texts are there."""
    return tuple(code for code, _ in settings.LANGUAGES)


def _sound(stimulus: Stimulus) -> Sound:
    served = stimulus.served
    return Sound(
        key=stimulus.key,
        role=stimulus.role,
        transcript=stimulus.transcript,
        duration=served.duration,
        loudness=served.loudness,
        limited=served.is_limited,
        digest=served.sha256,
    )


def _plans(version: StudyVersion) -> Iterable[TrialPlan]:
    trials = version.trials.select_related("task", "context").prefetch_related("clips__stimulus")
    for trial in trials.order_by("position"):
        yield TrialPlan(
            key=trial.key,
            task=trial.task.name,
            clips=tuple(clip.stimulus.key for clip in trial.clips.all()),
            context=trial.context.key if trial.context else None,
            true_slot=trial.true_slot,
            stratum=trial.stratum,
            block=trial.block,
            check=trial.check_kind,
            answers=trial.answers,
            attributes=trial.attributes,
        )
