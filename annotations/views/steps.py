"""The pages before and after the trials: volume, screening, instructions, questions about them, forms."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from annotations.enums import Stage
from annotations.errors import StepInvalidError, WrongStageError
from annotations.forms import StepForm
from annotations.models import Participant
from annotations.queries.steps import notice_before, standing_of
from annotations.queries.studies import check_open
from annotations.services.participation import begin
from annotations.services.steps import complete_step, current_step
from annotations.steps.base import Standing, Step
from annotations.views.frame import listener_page, participant_at, redirect_to, show
from annotations.visit import Visit


@require_safe
@listener_page
def go_on(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Go to the step where the participant is."""
    participant = participant_at(visit, Stage.CONSENTED, Stage.WORKING)
    taken = current_step(participant=participant, definition=visit.definition)
    if taken is not None:
        return redirect("annotations:step", visit.study.slug, taken.name)
    return redirect_to(visit, begin(participant=participant).stage)


@require_http_methods(["GET", "HEAD", "POST"])
@listener_page
def step(request: HttpRequest, visit: Visit, name: str) -> HttpResponse:
    """Show the step where the participant is, or take what was sent and go on.

    Security behaviour: a step other than the participant's own leads to that one; what is sent is read by the step.
    """
    participant = participant_at(visit, Stage.CONSENTED, Stage.WORKING)
    check_open(visit.study, visit.kind)
    if request.method == "POST":
        return _take(request, visit, participant, name)
    taken = current_step(participant=participant, definition=visit.definition)
    if taken is None or taken.name != name:
        return redirect("annotations:steps", visit.study.slug)
    return _show(request, visit, taken, standing_of(participant, visit.definition, taken, visit.language))


def _take(request: HttpRequest, visit: Visit, participant: Participant, name: str) -> HttpResponse:
    form = StepForm(request.POST)
    attempt = form.cleaned_data["attempt"] if form.is_valid() else 0
    sent = {key: str(value) for key, value in request.POST.items()}
    try:
        after = complete_step(participant=participant, step=name, attempt=attempt, sent=sent, language=visit.language)
    except StepInvalidError as error:
        taken = current_step(participant=participant, definition=visit.definition)
        if taken is None:
            raise WrongStageError(participant.stage) from error
        standing = standing_of(participant, visit.definition, taken, visit.language)
        response = _show(request, visit, taken, standing, error=error, sent=sent)
        response.status_code = 400
        return response
    return redirect_to(visit, after.stage)


def _show(request: HttpRequest, visit: Visit, taken: Step, standing: Standing, **more: Any) -> HttpResponse:
    notice = notice_before(standing.participant, taken)
    context = taken.display(standing) | {"attempt": standing.attempt, "step": taken.name, "notice": notice} | more
    return show(request, visit, taken.template, taken.heading(), **context)
