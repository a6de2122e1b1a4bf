"""What a platform shows in a frame of its own: what the task is, and the way into a window of the study's own.

A framed page gets no cookie of ours, so the study cannot run in it.
"""

from urllib.parse import urlencode

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from annotations.enums import ParticipantKind
from annotations.errors import ListenerError
from annotations.queries.participants import participant_by_identity
from annotations.queries.studies import check_open, check_room
from annotations.views.frame import listener_page, refuse, show
from annotations.views.texts import consent_text
from annotations.visit import Visit


@require_safe
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the task to who has not accepted it, and the way into it to who has. Nothing is stored.

    Security behaviour: this page alone may be framed, by the platform's hosts; it holds nothing but a link that opens
    a window of its own, and no click on it changes anything.
    """
    return _entry(request, slug)


@listener_page
def _entry(request: HttpRequest, visit: Visit) -> HttpResponse:
    hosts = visit.platform.framed_by
    if not hosts:
        raise Http404("this study is not shown in frames")
    framed = csp_replace({"frame-ancestors": list(hosts)})(xframe_options_exempt(_page_or_why_not))
    response: HttpResponse = framed(request, visit)
    return response


def _page_or_why_not(request: HttpRequest, visit: Visit) -> HttpResponse:
    try:
        return _page(request, visit)
    except ListenerError as error:
        return refuse(request, visit, error)


def _page(request: HttpRequest, visit: Visit) -> HttpResponse:
    person = request.GET.get(visit.id_parameter, "")
    if not person or visit.platform.is_preview(request.GET.dict()):
        return show(request, visit, "framed", visit.title, link="", **consent_text(visit))
    check_open(visit.study, ParticipantKind.PERSON)
    platform = visit.platform.name
    if participant_by_identity(study=visit.study, platform=platform, external_id=person) is None:
        check_room(visit.version, timezone.now())
    given = {name: request.GET[name] for name in (visit.id_parameter, *visit.platform.details) if name in request.GET}
    link = reverse("annotations:arrive", args=[visit.study.slug]) + "?" + urlencode(given | {"lang": visit.language})
    return show(request, visit, "framed", _("Before you begin"), link=link, and_query="&" + urlencode(given))
