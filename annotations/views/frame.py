"""What every listener's page does before and after its own work."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from annotations.enums import Stage
from annotations.errors import (
    ListenerError,
    NotInvitedError,
    StudyFullError,
    StudyNotOpenError,
    UnknownParticipantError,
    UnknownStudyError,
    WrongStageError,
)
from annotations.models import Participant
from annotations.queries.participants import pages_answered
from annotations.views.listener_data import listener_data
from annotations.views.way_back import let_hand_in, outcome
from annotations.visit import Visit, visit_of

Page = Callable[..., HttpResponse]

# The page of each stage.
PLACES = {
    Stage.ARRIVED: "consent",
    Stage.CONSENTED: "steps",
    Stage.WORKING: "trial",
    Stage.DONE: "done",
    Stage.DECLINED: "declined",
    Stage.SCREENED_OUT: "ended",
    Stage.WITHDRAWN: "ended",
    Stage.RETURNED: "ended",
    Stage.TIMED_OUT: "ended",
}


def listener_page(page: Page) -> Callable[..., HttpResponse]:
    """Give a view its visit and language, keep its page out of caches, and turn errors into pages that say what to do.

    Security behaviour: the participant is the one of this browser's session, never one named by the address.
    """

    @never_cache
    @wraps(page)
    def view(request: HttpRequest, slug: str, **more: str) -> HttpResponse:
        try:
            visit = visit_of(request, slug)
        except UnknownStudyError as error:
            raise Http404(str(error)) from error
        with translation.override(visit.language):
            try:
                return page(request, visit, **more)
            except WrongStageError as error:
                return redirect_to(visit, error.stage)
            except ListenerError as error:
                return refuse(request, visit, error)

    return view


def participant_at(visit: Visit, *stages: str, invited: bool = True) -> Participant:
    """Return the participant if they are at one of these stages.

    Raises `UnknownParticipantError` in a browser that has not begun, `WrongStageError` at another stage, and
    `NotInvitedError` where the invitation was revoked before the end (not asked for without `invited`).
    """
    if visit.participant is None:
        raise UnknownParticipantError
    if visit.participant.stage not in stages:
        raise WrongStageError(visit.participant.stage)
    if invited and visit.participant.stage in (Stage.CONSENTED, Stage.WORKING):
        visit.check_invited()
    return visit.participant


def redirect_to(visit: Visit, stage: str) -> HttpResponse:
    """Send the listener to the page of a stage."""
    return redirect(f"annotations:{PLACES[Stage(stage)]}", visit.study.slug)


def show(request: HttpRequest, visit: Visit, template: str, heading: str, **context: Any) -> HttpResponse:
    """Return a listener's page; `template` is a path, or the name of one of this app's."""
    context |= {"visit": visit, "heading": heading} | listener_data(request, visit)
    path = template if template.endswith(".html") else f"annotations/{template}.html"
    response = render(request, path, context)
    response.headers["Content-Language"] = visit.language
    return let_hand_in(response, context.get("way_back"))


def refuse(request: HttpRequest, visit: Visit, error: ListenerError) -> HttpResponse:
    """Return a page that says why the page asked for cannot be had."""
    headings = {
        StudyNotOpenError: {
            "draft": _("Not open yet"),
            "paused": _("A pause"),
            "closed": _("This study is closed"),
        }.get(error.code, ""),
        StudyFullError: _("This study is full"),
        UnknownParticipantError: _("You have not begun here"),
        NotInvitedError: _("By invitation only"),
    }
    answered = pages_answered(visit.participant) if visit.participant else 0
    heading = headings.get(type(error)) or _("This does not work")
    code = visit.definition.recruitment.codes.full if isinstance(error, StudyFullError) else ""
    response = show(request, visit, "refused", heading, error=error, answered=answered, **outcome(visit, code))
    response.status_code = 403
    return response
