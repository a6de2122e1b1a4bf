"""What one trial page shows."""

from dataclasses import dataclass
from typing import Any

from annotations.models import Assignment, TrialClip
from annotations.questions import get_kind
from annotations.study_file.instructed import instruction_for
from corpus.models import ServedAudio


@dataclass(frozen=True, slots=True)
class ShownClip:
    """A clip at its place on the screen: `number` counts from 1 in presented order."""

    number: int
    slot: int
    audio: ServedAudio


def shown_clips(assignment: Assignment) -> list[ShownClip]:
    """Return the clips of a page in screen order."""
    clips = TrialClip.objects.filter(trial_id=assignment.trial_id).select_related("stimulus__served")
    by_slot = {clip.slot: clip.stimulus.served for clip in clips}
    return [ShownClip(number, slot, by_slot[slot]) for number, slot in enumerate(assignment.presented, start=1)]


def context_audio(assignment: Assignment) -> ServedAudio | None:
    """Return the sound of the context, if the task plays it and the trial has one."""
    context = assignment.trial.context
    return context.served if context and "context_audio" in assignment.trial.task.show else None


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
    for question in assignment.trial.task.questions.all():
        kind = get_kind(question.kind)
        display = kind.display(settings=question.settings, language=language, presented=assignment.presented)
        text = question.text.get(language) or next(iter(question.text.values()))
        own = {"template": kind.template, "name": question.name, "per_clip": question.per_clip, "text": text}
        shown.append(display | own)
    return shown
