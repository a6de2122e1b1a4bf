"""What a page may ask on its listener's behalf, by GET: nothing is changed by it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from annotations.enums import Stage
from annotations.errors import ListenerError, UnknownStudyError
from annotations.models import Participant
from annotations.queries.trial_page import audio_urls
from annotations.services.allocation.ahead import likely_next
from annotations.visit import listener_of, tag_of, visit_of

Told = Callable[[HttpRequest, Participant], dict[str, Any]]


def listener_json(view: Told) -> Callable[..., JsonResponse]:
    """Give a view the participant of this browser's session, and tell refusals as the API of answers does.

    Security behaviour: the participant is the one of the session. Other sites cannot read what is said: there are no
    CORS headers.
    """

    @require_safe
    @never_cache
    @wraps(view)
    def asked(request: HttpRequest, slug: str) -> JsonResponse:
        try:
            visit = visit_of(request, slug)
        except UnknownStudyError as error:
            return _refusal(error, 404)
        with translation.override(visit.language):
            try:
                return JsonResponse(view(request, listener_of(request, visit)))
            except ListenerError as error:
                return _refusal(error, 403)

    return asked


def _refusal(error: ListenerError, status: int) -> JsonResponse:
    return JsonResponse({"error": error.code, "message": str(error)}, status=status)


@listener_json
def session(request: HttpRequest, participant: Participant) -> dict[str, Any]:
    """Say who the session's listener is, and the CSRF token that it takes."""
    return {"tag": tag_of(participant), "token": get_token(request)}


@listener_json
def ahead(request: HttpRequest, participant: Participant) -> dict[str, Any]:
    """Say which sounds the listener is likely to need next. Nothing is reserved by asking."""
    if participant.stage not in (Stage.CONSENTED, Stage.WORKING):
        return {"audio": []}
    trial_id = likely_next(participant)
    return {"audio": [] if trial_id is None else audio_urls(trial_id)}
