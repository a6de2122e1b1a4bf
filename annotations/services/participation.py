"""A participant's way from arrival to the completion code: keyword-only functions, each one transaction.

`join` → `give_consent` → `complete_step`* → `begin` → (`next_assignment` → `record_response`)* → `finish`, or
`decline_consent`.
Done twice, each does nothing the second time.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotations.enums import ParticipantKind, Stage
from annotations.errors import ConsentChangedError, StudyFullError, WrongStageError
from annotations.models import Participant, PlatformIdentity, Study, StudyVersion
from annotations.queries.invitations import check_invited
from annotations.queries.participants import locked_again, participant_by_identity
from annotations.queries.steps import missing_step
from annotations.queries.studies import PEOPLE, check_open, check_room, version_to_join
from annotations.services.allocation import has_work
from annotations.services.exclusion_rules import apply_rules_to, judge
from annotations.services.leaving import place_is_gone
from annotations.study_file.schema import definition_of


@transaction.atomic
def join(
    *,
    study_slug: str,
    kind: str = ParticipantKind.PERSON,
    external_id: str = "",
    platform: str = "",
    details: Mapping[str, Any] | None = None,
    language: str = "en",
    seed: int | None = None,
) -> Participant:
    """Return a new participant, or the one who came before with the same `external_id` of the same platform.

    `platform` defaults to the study's own, `seed` (of every random order) to a random number. Someone who comes
    back continues on the version they began, also when the study has filled up since.

    Raises `UnknownStudyError`, `StudyNotOpenError`, `NotInvitedError` and, for newcomers whose answers count,
    `StudyFullError`.
    """
    version = version_to_join(study_slug)
    # Whoever joins waits here for the one before, so that neither a place nor an identity is given twice.
    study = Study.objects.select_for_update(no_key=True).get(pk=version.study_id)
    check_open(study, kind)
    platform = platform or definition_of(version).recruitment.platform
    if external_id:
        known = participant_by_identity(study=study, platform=platform, external_id=external_id)
        if known is not None:
            return known
    check_invited(study, definition_of(version), external_id=external_id, kind=kind)
    if kind == ParticipantKind.PERSON:
        check_room(version, timezone.now())
    participant = Participant.objects.create(
        version=version, kind=kind, language=language, seed=secrets.randbits(63) if seed is None else seed
    )
    if external_id:
        PlatformIdentity.objects.create(
            participant=participant, study=study, platform=platform, external_id=external_id, details=details or {}
        )
    return participant


@transaction.atomic
def give_consent(*, participant: Participant, language: str, consent_sha256: str) -> Participant:
    """Record consent to the text with this SHA-256, in this language; return the participant as it is now.

    Raises `ConsentChangedError` if the participant's version has another text in that language, and `StudyFullError`
    if the place was given to somebody else meanwhile.
    """
    current = locked_again(participant)
    if current.stage in (Stage.CONSENTED, Stage.WORKING, Stage.DONE):
        return current
    _require_stage(current, Stage.ARRIVED, Stage.DECLINED)
    if consent_hash(current.version, language) != consent_sha256:
        raise ConsentChangedError
    if place_is_gone(current, timezone.now()):
        raise StudyFullError
    current.stage, current.consented_at = Stage.CONSENTED, timezone.now()
    current.language, current.consent_version = language, consent_sha256
    current.save(update_fields=["stage", "consented_at", "language", "consent_version"])
    return current


@transaction.atomic
def decline_consent(*, participant: Participant) -> Participant:
    """Record that consent was not given. It may still be given later."""
    current = locked_again(participant)
    _require_stage(current, Stage.ARRIVED, Stage.DECLINED)
    current.stage = Stage.DECLINED
    current.completion_code = definition_of(current.version).recruitment.codes.no_consent
    current.save(update_fields=["stage", "completion_code"])
    return current


@transaction.atomic
def begin(*, participant: Participant) -> Participant:
    """Record that every step before the trials was taken and trials may be given.

    Raises `WrongStageError` while a required step is missing; simulated listeners take none.
    """
    current = locked_again(participant)
    if current.stage in (Stage.WORKING, Stage.DONE):
        return current
    _require_stage(current, Stage.CONSENTED)
    check_open(current.version.study, current.kind)
    _require_steps(current, after=False)
    current.stage = Stage.WORKING
    current.save(update_fields=["stage"])
    return current


@transaction.atomic
def finish(*, participant: Participant) -> Participant:
    """Record that the participant has no trial left, apply the rules of exclusion, and give the completion code.

    Whoever failed attention trials gets the study's code for that, if it has one. Without a code in the study, the
    code is the beginning of the participant's key, so that a researcher can find who brings it. Raises
    `WrongStageError` while there are trials or required steps left.
    """
    current = locked_again(participant)
    if current.stage == Stage.DONE:
        return current
    _require_stage(current, Stage.WORKING)
    if has_work(current):
        raise WrongStageError(current.stage)
    _require_steps(current, after=True)
    current.stage, current.finished_at = Stage.DONE, timezone.now()
    current.completion_code = _code_of(current)
    current.save(update_fields=["stage", "finished_at", "completion_code"])
    current.refresh_from_db(fields=["excluded", "exclusion"])
    return current


def _code_of(current: Participant) -> str:
    """Judge who has just finished; return the code they take back."""
    definition = definition_of(current.version)
    codes = definition.recruitment.codes
    completed = codes.completed or current.key[:8].upper()
    if not definition.exclude or current.kind not in PEOPLE:
        return completed
    # Who tries the study out gets the code that people would get; only people are flagged.
    judged = apply_rules_to if current.kind == ParticipantKind.PERSON else judge
    failed = judged(participant=current).failed_attention and not current.exempt
    return codes.failed_attention if failed and codes.failed_attention else completed


def consent_hash(version: StudyVersion, language: str) -> str | None:
    """Return the SHA-256 of a version's consent text in a language; None where there is none.

    A study without any text asks consent to the empty one, whose hash is empty.
    """
    if not version.consent:
        return ""
    return version.consent[language]["sha256"] if language in version.consent else None


def _require_steps(participant: Participant, *, after: bool) -> None:
    if participant.kind == ParticipantKind.SIMULATED:
        return
    if missing_step(participant, definition_of(participant.version), after=after) is not None:
        raise WrongStageError(participant.stage)


def _require_stage(participant: Participant, *stages: str) -> None:
    if participant.stage not in stages:
        raise WrongStageError(participant.stage)
