"""Answers of listeners, by POST."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
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
from annotations.services.allocation import release_now_and_then
from annotations.services.answers import Answer
from annotations.services.going_on import answer_and_go_on
from annotations.trial_shown import following_page
from annotations.visit import Visit, listener_of, visit_of
from corpus.addresses import address_of

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
    visit: Visit | None = None

    @property
    def language(self) -> str:
        """Return the language of the visit, as soon as it is known."""
        return self.visit.language if self.visit else settings.LANGUAGE_CODE

    def post(self, request: Request, slug: str) -> Response:
        """Store an answer. Sent again with the same key and answers, it gets the same reply and is stored once."""
        saved: dict[str, Any] = {"saved": True, "next": address_of("annotations:trial", slug)}
        with translation.override(self.language):
            try:
                answer = _read(request.data)
            except APIException:
                self._listener(request, slug)  # who is told, in their language
                raise
            went_on = answer_and_go_on(
                locked=lambda: self._listener(request, slug, lock=True),
                answer=answer,
                wants_page=WITH_PAGE in request.headers,
            )
            feedback = feedback_on(went_on.recorded.response, self.language)
            if feedback is not None:
                saved["feedback"] = asdict(feedback)
            page = following_page(self.visit, went_on) if self.visit else None
            if page is not None:
                saved["page"] = page
        release_now_and_then(version=went_on.version)
        headers = {"Idempotent-Replayed": "true"} if went_on.recorded.replayed else {}
        return Response(saved, headers=headers)

    def _listener(self, request: Request, slug: str, *, lock: bool = False) -> Participant:
        """Return who answers; what is wrong from here on is said in their language.

        `lock`: with their row locked at once, so that they are looked up once and not twice; in a transaction.
        """
        self.visit = visit_of(request._request, slug, lock=lock)
        translation.activate(self.language)
        listener = listener_of(request._request, self.visit)
        self.visit.check_invited()
        return listener

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


def _read(body: object) -> Answer:
    """Return the answer that was sent; raise `ValidationError` where it cannot be read."""
    sent: dict[str, Any] = _ANSWER.run_validation(body)
    return Answer(assignment_key=sent.pop("assignment"), **sent)


def _refusal(error: ListenerError) -> Response:
    faults = {"faults": error.faults} if isinstance(error, AnswerInvalidError) else {}
    return Response({"error": error.code, "message": str(error)} | faults, status=STATUS[type(error)])
