"""What every page says to its script of the listener, and what its footer offers them."""

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse

from annotations.continuing import continue_token
from annotations.enums import Stage
from annotations.visit import Visit, tag_of
from annotations.words import frame_words

AT_WORK = (Stage.CONSENTED, Stage.WORKING)


def listener_data(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """Return the context of the frame's script and footer; empty for those who have not joined."""
    participant, slug = visit.participant, visit.study.slug
    if participant is None:
        return {}
    at_work = participant.stage in AT_WORK
    return {
        "listener": {
            "tag": tag_of(participant),
            "token": get_token(request),
            "session": reverse("annotations:session", args=[slug]),
            "ahead": reverse("annotations:ahead", args=[slug]) if at_work else None,
            "withdrawn": participant.stage == Stage.WITHDRAWN,
            "words": frame_words(),
        },
        "may_withdraw": at_work or participant.stage == Stage.DONE,
        "continue_url": _continue_url(request, visit) if at_work else "",
    }


def _continue_url(request: HttpRequest, visit: Visit) -> str:
    """Return the link to continue on another device. Platforms' links do that already for those who came by one."""
    if visit.participant is None or visit.definition.recruitment.platform != "link":
        return ""
    address = reverse("annotations:arrive", args=[visit.study.slug])
    return request.build_absolute_uri(f"{address}?continue={continue_token(visit.participant)}")
