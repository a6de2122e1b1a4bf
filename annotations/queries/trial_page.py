"""What one trial page shows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from annotations.frozen import remembered, remembered_of_trials
from annotations.models import Assignment, Question, StudyVersion, Trial, TrialClip
from annotations.queries.prepared import Objects, Parameter, Rows
from annotations.questions import get_kind
from annotations.study_file.instructed import instruction_for
from annotations.words import clips_heading
from corpus.models import ServedAudio


@dataclass(frozen=True, slots=True)
class ShownClip:
    """A clip at its place on the screen: `number` counts from 1 in presented order. `audio` knows only its address."""

    number: int
    slot: int
    audio: ServedAudio


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page of a trial: `sounds` (clips and context) is for its script too, `context` for the template alone."""

    sounds: dict[str, Any]
    context: dict[str, Any]


def shown_page(assignment: Assignment, language: str) -> ShownPage:
    """Return what a trial page shows, in the active language and the study's texts in `language`."""
    questions = shown_questions(assignment, language)
    # The letters belong to the first question that has them.
    choices: list[dict[str, Any]] = next((each["choices"] for each in questions if "choices" in each), [])
    in_context = assignment.trial.context_id is not None
    sounds = _sounds(assignment, questions)
    return ShownPage(
        sounds=sounds,
        context={
            # Without addresses: what looks the same is drawn once.
            "clips": [{name: clip[name] for name in ("id", "name", "card")} for clip in sounds["clips"]],
            "has_sound": sounds["context"] is not None,
            "context_text": context_text(assignment),
            "instruction": instruction_text(assignment, language),
            "clips_heading": clips_heading(len(assignment.presented), in_context=in_context),
            "questions": questions,
            "choice_keys": [choice["key"] for choice in choices if choice["key"]],
        },
    )


@remembered_of_trials
def trial_of(version: StudyVersion, trial_id: int) -> Trial:
    """Return a trial with what its page shows; how many ratings it has is that of another moment."""
    return _trial(pk=trial_id)[0]


def shown_clips(assignment: Assignment) -> list[ShownClip]:
    """Return the clips of a page in screen order."""
    by_slot = audio_of(assignment.participant.version, assignment.trial_id)
    return [ShownClip(number, slot, by_slot[slot]) for number, slot in enumerate(assignment.presented, start=1)]


@remembered_of_trials
def audio_of(version: StudyVersion, trial_id: int) -> dict[int, ServedAudio]:
    """Return the sound of each slot of a trial; it knows only its address."""
    return {slot: ServedAudio(sha256=sha256) for slot, sha256 in _clips(trial=trial_id)}


def audio_urls(trial_id: int) -> list[str]:
    """Return the addresses of all sounds of a trial: its context, if the task plays that, and its clips."""
    trial = Trial.objects.select_related("task", "context__served").get(pk=trial_id)
    context = _context_audio(trial)
    clips = TrialClip.objects.filter(trial=trial).select_related("stimulus__served").order_by("slot")
    sounds = [*([context] if context else []), *(clip.stimulus.served for clip in clips)]
    return [sound.get_absolute_url() for sound in sounds]


def durations_of(assignment: Assignment) -> tuple[list[float], float | None]:
    """Return the seconds of a page's clips in slot order, and of its context's sound if there is one."""
    return _durations(assignment.participant.version)[assignment.trial_id]


@remembered
def _durations(version: StudyVersion) -> dict[int, tuple[list[float], float | None]]:
    """Return the same of each trial."""
    clips = TrialClip.objects.filter(trial__version=version).order_by("trial", "slot")
    rows = clips.values_list("trial", "stimulus__served__duration", "trial__context__served__duration")
    return {
        trial: ([clip for _, clip, _ in of_trial], of_trial[0][2])
        for trial, of_trial in ((trial, list(found)) for trial, found in groupby(rows, key=itemgetter(0)))
    }


def questions_of(assignment: Assignment) -> Sequence[Question]:
    """Return the questions of a page in order."""
    return _questions(assignment.participant.version).get(assignment.trial.task_id, ())


@remembered
def _questions(version: StudyVersion) -> dict[int, list[Question]]:
    """Return the questions of each task."""
    questions = defaultdict(list)
    for question in Question.objects.filter(task__version=version).order_by("task", "position"):
        questions[question.task_id].append(question)
    return dict(questions)


def context_audio(assignment: Assignment) -> ServedAudio | None:
    """Return the sound of the context, if the task plays it and the trial has one."""
    return _context_audio(assignment.trial)


def _context_audio(trial: Trial) -> ServedAudio | None:
    return trial.context.served if trial.context and "context_audio" in trial.task.show else None


def context_text(assignment: Assignment) -> str:
    """Return the words of the context, if the task shows them and they are known."""
    context = assignment.trial.context
    return context.transcript if context and "transcript" in assignment.trial.task.show else ""


def instruction_text(assignment: Assignment, language: str) -> str:
    """Return what an instructed attention trial tells to answer; empty on every other page."""
    return instruction_for(assignment.trial.attributes, language) if assignment.trial.check_kind else ""


def shown_questions(assignment: Assignment, language: str) -> list[dict[str, Any]]:
    """Return what the template of each question needs: its `template`, name, text, and its kind's display."""
    shown = []
    for question in questions_of(assignment):
        kind = get_kind(question.kind)
        display = kind.display(settings=question.settings, language=language, presented=assignment.presented)
        text = question.text.get(language) or next(iter(question.text.values()))
        own = {"template": kind.template, "name": question.name, "per_clip": question.per_clip, "text": text}
        shown.append(display | own)
    return shown


def _sounds(assignment: Assignment, questions: list[dict[str, Any]]) -> dict[str, Any]:
    cards = {card["slot"]: card["label"] for question in questions for card in question.get("cards", [])}
    clips = [
        {
            "id": str(clip.slot),
            "name": str(clip.number),
            "url": clip.audio.get_absolute_url(),
            "card": cards.get(clip.slot, ""),
        }
        for clip in shown_clips(assignment)
    ]
    context = context_audio(assignment)
    return {
        "clips": clips,
        "context": {"id": "context", "name": "", "url": context.get_absolute_url()} if context else None,
    }


_trial = Objects(lambda: Trial.objects.select_related("task", "context__served").filter(pk=Parameter("pk")).order_by())
_clips = Rows(
    lambda: (
        TrialClip.objects.filter(trial_id=Parameter("trial")).order_by().values_list("slot", "stimulus__served__sha256")
    )
)
