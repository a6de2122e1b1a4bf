"""How the API's own ways of knowing who asks are described in its OpenAPI schema."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class ListenerSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[misc]
    """The cookie of the listener's session, with the CSRF token of the page in a header."""

    target_class = "annotations.api.answers.CsrfCheckedAuthentication"
    name = "listener"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the cookie."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
