"""Arrival, consent, instructions and the end."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from annotations.continuing import participant_of_token
from annotations.enums import ParticipantKind, Stage
from annotations.errors import ConsentChangedError, ContinueLinkError
from annotations.forms import ArrivalForm, ConsentForm
from annotations.models import Participant
from annotations.queries.participants import pages_answered
from annotations.queries.steps import failed_step
from annotations.queries.studies import check_open, check_room
from annotations.services.participation import decline_consent, give_consent, join
from annotations.views.frame import listener_page, participant_at, redirect_to, show
from annotations.views.texts import consent_text
from annotations.views.way_back import outcome
from annotations.visit import Visit, arrive_as, keep


@require_safe
@listener_page
def arrive(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take the platform's ids out of the address, then go to where the listener is.

    Security behaviour: whoever knows a platform's id for someone can continue in that person's place, as the
    platforms' links are made, and so can who has the link to continue; earlier answers are shown to nobody.
    """
    if visit.platform.is_preview(request.GET.dict()):
        return redirect("annotations:frame", visit.study.slug)
    if visit.id_parameter in request.GET:
        given = request.GET.dict() | {"external_id": request.GET[visit.id_parameter]}
        form = ArrivalForm(given, names=visit.platform.details)
        if not form.is_valid():
            raise BadRequest("the platform's id cannot be read")
        arrive_as(request, visit, form.cleaned_data["external_id"], form.details())
        return redirect("annotations:arrive", visit.study.slug)
    if "continue" in request.GET:
        return _continue(request, visit, request.GET["continue"])
    if visit.is_staff and ("preview" in request.GET or "pilot" in request.GET):
        trying = {name: name in request.GET or None for name in ("preview", "pilot")}
        keep(request, visit, participant=None, external_id=None, details=None, **trying)
        return redirect("annotations:arrive", visit.study.slug)
    return redirect_to(visit, visit.stage)


@require_http_methods(["GET", "HEAD", "POST"])
@listener_page
def consent(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what taking part means; with the decision, the listener becomes a participant."""
    if visit.stage not in (Stage.ARRIVED, Stage.DECLINED):
        return redirect_to(visit, visit.stage)
    check_open(visit.study, visit.kind)
    visit.check_invited()
    form = ConsentForm(request.POST or None)
    changed = ""
    if form.is_valid():
        participant = visit.participant or _join(request, visit)
        try:
            return redirect_to(visit, _decide(participant, form).stage)
        except ConsentChangedError as error:
            changed = str(error)
    elif visit.participant is None and visit.kind == ParticipantKind.PERSON:
        check_room(visit.version, timezone.now())
    return show(request, visit, "consent", _("Before you begin"), changed=changed, **consent_text(visit))


@require_safe
@listener_page
def done(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Thank the participant and show the completion code."""
    participant = participant_at(visit, Stage.DONE)
    codes, code = visit.definition.recruitment.codes, participant.completion_code
    told = {"answered": pages_answered(participant), "otherwise": bool(code) and code == codes.failed_attention}
    return show(request, visit, "done", _("Thank you!"), **told, **outcome(visit, code, done=True))


@require_safe
@listener_page
def declined(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say that declining is fine."""
    participant = participant_at(visit, Stage.DECLINED)
    return show(request, visit, "declined", _("You do not take part"), **outcome(visit, participant.completion_code))


@require_safe
@listener_page
def ended(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say how it ended for someone who left before the end, and what to do now."""
    participant = participant_at(visit, Stage.SCREENED_OUT, Stage.WITHDRAWN, Stage.RETURNED, Stage.TIMED_OUT)
    headings = {Stage.SCREENED_OUT: _("Thank you for coming"), Stage.WITHDRAWN: _("You have withdrawn")}
    heading = headings.get(Stage(participant.stage)) or _("Your part has ended")
    # Nothing is left of somebody who has withdrawn, the code neither; whoever returned has nothing left to hand in.
    left = {Stage.WITHDRAWN: visit.definition.recruitment.codes.no_consent, Stage.RETURNED: ""}
    told = {"stage": participant.stage, "step": failed_step(participant)}
    code = left.get(Stage(participant.stage), participant.completion_code)
    return show(request, visit, "ended", heading, **told, **outcome(visit, code))


def _continue(request: HttpRequest, visit: Visit, token: str) -> HttpResponse:
    """Let this browser continue for whom the link names; the link leaves the address."""
    participant = participant_of_token(study=visit.study, token=token)
    if participant is None:
        raise ContinueLinkError
    request.session.cycle_key()
    keep(request, visit, participant=participant.key, external_id=None, details=None)
    return redirect("annotations:arrive", visit.study.slug)


def _join(request: HttpRequest, visit: Visit) -> Participant:
    participant = join(
        study_slug=visit.study.slug,
        kind=visit.kind,
        external_id=visit.kept.get("external_id", ""),
        details=visit.kept.get("details"),
        language=visit.language,
    )
    # A session that someone else prepared must not become this participant's.
    request.session.cycle_key()
    keep(request, visit, participant=participant.key, external_id=None, details=None)
    return participant


def _decide(participant: Participant, form: ConsentForm) -> Participant:
    if form.cleaned_data["decision"] == "decline":
        return decline_consent(participant=participant)
    language, sha256 = form.cleaned_data["language"], form.cleaned_data["sha256"]
    return give_consent(participant=participant, language=language, consent_sha256=sha256)
