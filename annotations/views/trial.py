"""The page on which people listen and answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from annotations.enums import Stage
from annotations.models import Participant
from annotations.queries.steps import step_after
from annotations.services.participation import finish
from annotations.trial_shown import TrialPage, trial_page
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
    page = trial_page(visit, participant)
    if page is None:
        return _after_trials(visit, participant)
    if not isinstance(page, TrialPage):
        return redirect("annotations:step", visit.study.slug, page.name)
    return show(request, visit, "trial", page.heading, words=page_words(), **page.context)


def _after_trials(visit: Visit, participant: Participant) -> HttpResponse:
    step = step_after(participant, visit.definition)
    if step is not None:
        return redirect("annotations:step", visit.study.slug, step.name)
    return redirect_to(visit, finish(participant=participant).stage)
