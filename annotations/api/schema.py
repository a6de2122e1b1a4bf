"""The API's OpenAPI description: loaded only where a schema is asked for; listeners need none of it."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiViewExtension
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.serializers import AnswerSerializer, ErrorSerializer, SavedSerializer


def described(endpoints: list[Any]) -> list[Any]:
    """Return the endpoints as they are: named as a hook of the generator, this loads what describes them."""
    return endpoints


class ListenerSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[misc]
    """The cookie of the listener's session, with the CSRF token of the page in a header."""

    target_class = "annotations.api.answers.CsrfCheckedAuthentication"
    name = "listener"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the cookie."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class AnswersDescription(OpenApiViewExtension):  # type: ignore[misc]
    """What is sent with an answer, and what comes back."""

    target_class = "annotations.api.answers.AnswersView"

    def view_replacement(self) -> type:
        """Return the view with its description."""

        class Described(self.target_class):  # type: ignore[name-defined,misc]
            @extend_schema(  # type: ignore[untyped-decorator]
                request=AnswerSerializer,
                responses={
                    200: SavedSerializer,
                    400: OpenApiResponse(ErrorSerializer, "invalid, not_heard"),
                    403: OpenApiResponse(ErrorSerializer, "no_session, permission_denied"),
                    404: OpenApiResponse(ErrorSerializer, "unknown_study, unknown_trial"),
                    409: OpenApiResponse(ErrorSerializer, "answered, key_reused, wrong_stage, paused, closed, draft"),
                },
                summary="Store the answer to one trial page",
            )
            def post(self, request: Request, slug: str) -> Response:
                """Store an answer. Sent again with the same key and answers, it gets the same reply."""
                return super().post(request, slug)  # type: ignore[no-any-return]

        return Described
