"""The page on which people listen and answer."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotations.enums import Stage
from annotations.models import Assignment, Participant
from annotations.queries.pages import pages_of
from annotations.queries.participants import pages_answered
from annotations.queries.steps import step_after
from annotations.queries.trial_page import (
    context_audio,
    context_text,
    instruction_text,
    shown_clips,
    shown_questions,
)
from annotations.services.allocation import next_assignment
from annotations.services.participation import finish
from annotations.views.frame import listener_page, participant_at, redirect_to, show
from annotations.views.words import clips_heading, page_words
from annotations.visit import Visit


@require_safe
@listener_page
def trial(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the page a participant is at, or reserve the next; without one, what follows the trials."""
    participant = participant_at(visit, Stage.WORKING)
    assignment = next_assignment(participant=participant)
    if assignment is None:
        return _after_trials(visit, participant)
    pages = pages_of(visit.version)
    number = min(pages_answered(participant) + 1, pages)
    heading = _("Page %(number)d of %(pages)d") % {"number": number, "pages": pages}
    return show(request, visit, "trial", heading, number=number, pages=pages, **_page(visit, assignment))


def _after_trials(visit: Visit, participant: Participant) -> HttpResponse:
    step = step_after(participant, visit.definition)
    if step is not None:
        return redirect("annotations:step", visit.study.slug, step.name)
    return redirect_to(visit, finish(participant=participant).stage)


def _page(visit: Visit, assignment: Assignment) -> dict[str, Any]:
    questions = shown_questions(assignment, visit.language)
    # The letters belong to the first question that has them.
    choices: list[dict[str, Any]] = next((each["choices"] for each in questions if "choices" in each), [])
    return {
        "data": _page_data(visit, assignment, questions),
        "context_text": context_text(assignment),
        "clips_heading": clips_heading(len(assignment.presented), in_context=assignment.trial.context_id is not None),
        "instruction": instruction_text(assignment, visit.language),
        "questions": questions,
        "choice_keys": [choice["key"] for choice in choices if choice["key"]],
    }


def _page_data(visit: Visit, assignment: Assignment, questions: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the page's script needs. The idempotency key is this page view's: sent twice, stored once."""
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
        "assignment": assignment.key,
        "idempotency_key": str(uuid4()),
        "api": reverse("annotations:answers", args=[visit.study.slug]),
        "start": reverse("annotations:arrive", args=[visit.study.slug]),
        "clips": clips,
        "context": {"id": "context", "name": "", "url": context.get_absolute_url()} if context else None,
        "words": page_words(),
    }
