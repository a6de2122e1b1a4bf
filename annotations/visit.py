"""Who is looking at a listener's page: the study, the participant of this browser, the language.

The browser's session holds, per study, the participant's random key and, before they have joined, what the
recruiting platform calls them. Nobody can name another participant: keys come from the session only.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from annotations.enums import ParticipantKind, Stage, StudyState
from annotations.errors import UnknownParticipantError
from annotations.models import Participant, Study, StudyVersion
from annotations.platforms import Platform, platform_called
from annotations.queries.invitations import check_invited, is_pilot_token
from annotations.queries.participants import identity_of, participant_by_identity, participant_by_key
from annotations.queries.studies import version_to_join
from annotations.study_file.schema import StudyDefinition, definition_of


@dataclass(slots=True)
class Visit:
    """One request of a listener. `kept` is what the session holds for this study."""

    version: StudyVersion
    definition: StudyDefinition
    participant: Participant | None
    language: str
    kept: dict[str, Any]
    is_staff: bool

    @property
    def study(self) -> Study:
        """Return the study."""
        return self.version.study

    @property
    def title(self) -> str:
        """Return the study's title in the language of the visit."""
        return self.definition.title[self.language]

    @property
    def stage(self) -> str:
        """Return how far the listener has come; newcomers have arrived."""
        return self.participant.stage if self.participant else Stage.ARRIVED

    @property
    def id_parameter(self) -> str:
        """Return the parameter of the study's link that says who comes."""
        return self.definition.recruitment.id_parameter or self.platform.id_parameter

    @property
    def platform(self) -> Platform:
        """Return where participants come from."""
        return platform_called(self.definition.recruitment.platform)

    @property
    def identity(self) -> tuple[str, dict[str, str]]:
        """Return what the platform calls the listener, empty if it named nobody, and the further ids of this visit.

        Whoever comes again with a new submission hands in that one: the link of this browser counts before the first.
        """
        known = identity_of(self.participant) if self.participant else None
        details = self.kept.get("details") or (known.details if known else {})
        return (known.external_id if known else self.kept.get("external_id", "")), details

    @property
    def kind(self) -> str:
        """Return what the listener is or, once joined, would be.

        Researchers preview drafts, and live studies if they ask for it; pilots ask for it, or have a token for it.
        """
        if self.participant:
            return self.participant.kind
        if (self.is_staff and self.kept.get("pilot")) or is_pilot_token(self.kept.get("external_id", "")):
            return ParticipantKind.PILOT
        preview = self.is_staff and (self.study.state == StudyState.DRAFT or self.kept.get("preview"))
        return ParticipantKind.PREVIEW if preview else ParticipantKind.PERSON

    @property
    def is_preview(self) -> bool:
        """Tell whether nothing that is answered counts because a researcher is trying the study out."""
        return self.kind == ParticipantKind.PREVIEW

    @property
    def is_pilot(self) -> bool:
        """Tell whether somebody goes through the study as people do, without counting."""
        return self.kind == ParticipantKind.PILOT

    def check_invited(self) -> None:
        """Raise `NotInvitedError` where an invitation is needed, and the listener has none or one that was revoked."""
        if self.is_pilot or self.definition.recruitment.invitation_only:
            check_invited(self.study, self.definition, external_id=self.identity[0], kind=self.kind)

    @property
    def other_languages(self) -> list[tuple[str, str]]:
        """Return code and own name of the study's other languages."""
        names = dict(settings.LANGUAGES)
        return [(code, names.get(code, code)) for code in self.definition.languages if code != self.language]


def visit_of(request: HttpRequest, slug: str, *, lock: bool = False) -> Visit:
    """Return the visit that a request is part of; raise `UnknownStudyError` if there is no such study.

    Participants stay with the version they began; newcomers get the one that is live. `lock`: with the participant's
    row locked; call inside a transaction.
    """
    kept = dict(request.session.get(session_key(slug), {}))
    key = kept.get("participant")
    participant = participant_by_key(study_slug=slug, key=key, lock=lock) if key else None
    version = participant.version if participant else version_to_join(slug)
    definition = definition_of(version)
    is_staff = request.user.is_authenticated and request.user.is_staff
    visit = Visit(version, definition, participant, definition.languages[0], kept, is_staff)
    visit.language = _language(request, visit)
    return visit


def keep(request: HttpRequest, visit: Visit, **values: Any) -> None:
    """Keep values in the session for this study; None forgets one."""
    visit.kept = {key: value for key, value in (visit.kept | values).items() if value is not None}
    request.session[session_key(visit.study.slug)] = visit.kept


def arrive_as(request: HttpRequest, visit: Visit, external_id: str, details: dict[str, str]) -> None:
    """Remember whom the platform's link names: the participant they are already, or someone new.

    Raises `NotInvitedError` where the link is to be an invitation, and is none.
    """
    kind = ParticipantKind.PILOT if is_pilot_token(external_id) else ParticipantKind.PERSON
    check_invited(visit.study, visit.definition, external_id=external_id, kind=kind)
    platform = visit.definition.recruitment.platform
    known = participant_by_identity(study=visit.study, platform=platform, external_id=external_id)
    keep(
        request,
        visit,
        participant=known.key if known else None,
        external_id=None if known else external_id,
        details=details or None,
        preview=None,
        pilot=None,
    )


def tag_of(participant: Participant) -> str:
    """Return what a browser keeps a participant's answers under: it says nothing about them, and is no key."""
    return hashlib.sha256(f"listener:{participant.key}".encode()).hexdigest()[:20]


def listener_of(request: HttpRequest, visit: Visit) -> Participant:
    """Return the participant of a request made by a page's script.

    Raises `UnknownParticipantError` if there is none, or if the page says (in `X-Listener`) that it was made for
    somebody else: the session may have become another's since, on a device that people share.
    """
    participant = visit.participant
    if participant is None or request.headers.get("X-Listener", tag_of(participant)) != tag_of(participant):
        raise UnknownParticipantError
    return participant


def session_key(slug: str) -> str:
    """Return the name under which the session keeps a study."""
    return f"study:{slug}"


def _language(request: HttpRequest, visit: Visit) -> str:
    """Return the language asked for, else the one used before, else the browser's, else the study's first."""
    languages = visit.definition.languages
    asked = request.GET.get("lang", "")
    if asked in languages:
        if visit.kept.get("language") != asked:
            keep(request, visit, language=asked)
        return asked
    before = visit.kept.get("language") or (visit.participant.language if visit.participant else "")
    if before in languages:
        return str(before)
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        for candidate in (code, code.split("-")[0]):
            if candidate in languages:
                return candidate
    return languages[0]
