"""Stop and withdraw: what it does, and one button that does it."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotations.enums import Stage
from annotations.queries.participants import pages_answered
from annotations.services.erasure import withdraw as withdraw_participant
from annotations.views.frame import listener_page, participant_at, redirect_to, show
from annotations.visit import Visit


@require_http_methods(["GET", "HEAD", "POST"])
@listener_page
def withdraw(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say what withdrawing means; with the button, delete everything that is known of the participant.

    It works in every state of the study. Done twice, the second time only leads to the page that says so.
    """
    participant = participant_at(visit, Stage.CONSENTED, Stage.WORKING, Stage.DONE, invited=False)
    if request.method == "POST":
        return redirect_to(visit, withdraw_participant(participant=participant).stage)
    code = visit.definition.recruitment.codes.no_consent
    return show(
        request,
        visit,
        "withdraw",
        _("Stop and withdraw"),
        answered=pages_answered(participant),
        code=code,
        leaving=True,
    )
