"""Pages of the site as a whole."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Answer `ok` when the database answers: for start-up scripts and load balancers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def schema(request: HttpRequest) -> HttpResponseBase:
    """Return the API's OpenAPI schema. What makes it is loaded when it is first asked for: it takes half a second."""
    from drf_spectacular.views import SpectacularAPIView

    view: Callable[..., HttpResponseBase] = SpectacularAPIView.as_view()
    return view(request)
