"""The page on which people listen and answer."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotations.enums import Check, Stage
from annotations.models import Assignment, Participant
from annotations.queries.pages import pages_of
from annotations.queries.participants import answers_so_far
from annotations.queries.steps import instructions_again, step_after
from annotations.queries.trial_page import ShownPage, shown_page
from annotations.services.allocation import next_assignment
from annotations.services.participation import finish
from annotations.views.frame import listener_page, participant_at, redirect_to, show
from annotations.visit import Visit
from annotations.words import page_words


@require_safe
@listener_page
def trial(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the page a participant is at, or reserve the next; without one, what follows the trials.

    After a long pause the instructions come first.
    """
    participant = participant_at(visit, Stage.WORKING)
    assignment = next_assignment(participant=participant)
    if assignment is None:
        return _after_trials(visit, participant)
    so_far = answers_so_far(participant)
    again = instructions_again(participant, visit.definition, timezone.now(), so_far.last_at)
    if again is not None:
        return redirect("annotations:step", visit.study.slug, again.name)
    pages = pages_of(visit.version)
    number = min(so_far.pages + 1, pages)
    practice = assignment.trial.check_kind == Check.PRACTICE
    heading = (_("Practice, page %(number)d of %(pages)d") if practice else _("Page %(number)d of %(pages)d")) % {
        "number": number,
        "pages": pages,
    }
    page = shown_page(assignment, visit.language)
    data = _page_data(visit, assignment, page)
    return show(
        request, visit, "trial", heading, number=number, pages=pages, practice=practice, data=data, **page.context
    )


def _after_trials(visit: Visit, participant: Participant) -> HttpResponse:
    step = step_after(participant, visit.definition)
    if step is not None:
        return redirect("annotations:step", visit.study.slug, step.name)
    return redirect_to(visit, finish(participant=participant).stage)


def _page_data(visit: Visit, assignment: Assignment, page: ShownPage) -> dict[str, Any]:
    """Return what the page's script needs. The idempotency key is this page view's: sent twice, stored once."""
    return {
        "assignment": assignment.key,
        "idempotency_key": str(uuid4()),
        "api": reverse("annotations:answers", args=[visit.study.slug]),
        "start": reverse("annotations:arrive", args=[visit.study.slug]),
        **page.sounds,
        "words": page_words(),
    }
