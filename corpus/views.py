"""Sounds for browsers."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from corpus.storage import in_media, served_path


@require_safe
def served(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """Send a served file, whose digest names it; what a name stands for never changes.

    Security behaviour: open to everyone who knows the digest, which cannot be guessed. The place on disk is made of
    the digest alone, which the address allows nothing but hexadecimal digits in; originals cannot be reached.
    """
    try:
        file = in_media(served_path(sha256)).open("rb")
    except FileNotFoundError:
        raise Http404("There is no such sound.") from None
    etag = f'"{sha256}"'
    if request.headers.get("If-None-Match") == etag:
        file.close()
        response: HttpResponseBase = HttpResponseNotModified()
    else:
        response = FileResponse(file, content_type="audio/wav")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
