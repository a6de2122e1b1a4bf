"""Answers of listeners, by POST."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.api.serializers import AnswerSerializer
from annotations.errors import (
    AnsweredAlreadyError,
    AnswerInvalidError,
    KeyReusedError,
    ListenerError,
    NotHeardError,
    NotInvitedError,
    StudyNotOpenError,
    UnknownAssignmentError,
    UnknownParticipantError,
    UnknownStudyError,
    WrongStageError,
)
from annotations.models import Participant
from annotations.queries.right_answers import feedback_on
from annotations.services.answers import Recorded, record_response
from annotations.trial_shown import following_page
from annotations.visit import listener_of, visit_of

STATUS = {
    UnknownStudyError: status.HTTP_404_NOT_FOUND,
    UnknownParticipantError: status.HTTP_403_FORBIDDEN,
    UnknownAssignmentError: status.HTTP_404_NOT_FOUND,
    AnswerInvalidError: status.HTTP_400_BAD_REQUEST,
    NotHeardError: status.HTTP_400_BAD_REQUEST,
    NotInvitedError: status.HTTP_403_FORBIDDEN,
    AnsweredAlreadyError: status.HTTP_409_CONFLICT,
    KeyReusedError: status.HTTP_409_CONFLICT,
    StudyNotOpenError: status.HTTP_409_CONFLICT,
    WrongStageError: status.HTTP_409_CONFLICT,
}

# Whoever sends it gets the next page with the reply, and needs no second request.
WITH_PAGE = "X-With-Page"
# Reads every answer: a serializer copies all its fields when it is made, which takes longer than reading.
_ANSWER = AnswerSerializer()


class CsrfCheckedAuthentication(SessionAuthentication):
    """Knows nobody, but refuses a request without the CSRF token: a listener's session is enough to answer."""

    def authenticate(self, request: Request) -> None:
        """Check the token; the listener is found by `visit_of`."""
        self.enforce_csrf(request)


class AnswersView(APIView):
    """The answers of the listener of this browser's session.

    Security behaviour: the session names the participant, and an answer to a page that was not given to them is
    refused as if that page did not exist. The CSRF token of the page is required.
    """

    authentication_classes = [CsrfCheckedAuthentication]
    permission_classes = [AllowAny]
    language = settings.LANGUAGE_CODE

    def post(self, request: Request, slug: str) -> Response:
        """Store an answer. Sent again with the same key and answers, it gets the same reply and is stored once."""
        visit = visit_of(request._request, slug)
        self.language = visit.language
        with translation.override(self.language):
            listener = listener_of(request._request, visit)
            visit.check_invited()
            recorded = _record(listener, request.data)
            feedback = feedback_on(recorded.response, self.language)
            wanted = feedback is None and WITH_PAGE in request.headers
            page = following_page(visit, listener) if wanted else None
        headers = {"Idempotent-Replayed": "true"} if recorded.replayed else {}
        more = {"feedback": feedback and asdict(feedback), "page": page}
        saved: dict[str, Any] = {"saved": True, "next": reverse("annotations:trial", args=[slug])}
        saved |= {name: value for name, value in more.items() if value is not None}
        return Response(saved, headers=headers)

    def handle_exception(self, exc: Exception) -> Response:
        """Return every refusal in one shape (`ErrorSerializer`), its message in the language of the visit."""
        with translation.override(self.language):
            if isinstance(exc, ListenerError):
                return _refusal(exc)
            response = super().handle_exception(exc)
            if isinstance(exc, ValidationError):
                message = _("The answer cannot be read. Load the page again.")
                response.data = {"error": "invalid", "message": message, "faults": response.data}
            elif isinstance(exc, PermissionDenied):
                message = _("Your browser sent no token with this answer. Load the page again.")
                response.data = {"error": exc.default_code, "message": message}
            elif isinstance(exc, APIException):
                response.data = {"error": exc.default_code, "message": str(exc.detail)}
            return response


def _record(participant: Participant, body: object) -> Recorded:
    answer: dict[str, Any] = _ANSWER.run_validation(body)
    answer["assignment_key"] = answer.pop("assignment")
    return record_response(participant=participant, **answer)


def _refusal(error: ListenerError) -> Response:
    faults = {"faults": error.faults} if isinstance(error, AnswerInvalidError) else {}
    return Response({"error": error.code, "message": str(error)} | faults, status=STATUS[type(error)])
