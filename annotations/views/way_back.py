"""How a participant gets back to the platform from the last page that they see."""

from typing import Any

from csp.decorators import csp_update
from django.http import HttpResponse

from annotations.platforms import WayBack
from annotations.visit import Visit


def outcome(visit: Visit, code: str, *, done: bool = False) -> dict[str, Any]:
    """Return what `_way_back.html` needs: the code to take back, and the way.

    A way that carries no code would tell the platform that someone is done, so only those who are `done` get it.
    """
    return {"code": code, "way_back": _way(visit, code, done=done), "platform": visit.platform.title}


def let_hand_in(response: HttpResponse, way: WayBack | None) -> HttpResponse:
    """Let the forms of this page, and of no other, be sent to the platform where the way back is a form.

    Security behaviour: the platform module names the host; nothing of the visitor's address does.
    """
    if way is None or not way.origin:
        return response
    widened: HttpResponse = csp_update({"form-action": [way.origin]})(lambda: response)()
    return widened


def _way(visit: Visit, code: str, *, done: bool) -> WayBack | None:
    return_url, platform = visit.definition.recruitment.return_url, visit.platform
    if not done and not (code and platform.tells_outcome(return_url)):
        return None
    person, details = visit.identity
    return platform.way_back(return_url, code=code, person=person, details=details)
