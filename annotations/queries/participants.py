"""Who takes part, and how far they have come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, QuerySet

from annotations.enums import AssignmentState
from annotations.errors import UnknownParticipantError
from annotations.models import Assignment, Participant, PlatformIdentity, Study
from annotations.queries.prepared import Objects, Parameter, Rows
from annotations.queries.studies import version_known


@dataclass(frozen=True, slots=True)
class AnswersSoFar:
    """Pages that a participant has answered, and when they answered last."""

    pages: int
    last_at: datetime | None


def participant_by_key(*, study_slug: str, key: str, lock: bool = False) -> Participant | None:
    """Return the participant of this study with a key, with version and study, or None.

    `lock`: with the participant's row locked; call inside a transaction.
    """
    found: Any = (_by_key_locked if lock else _by_key).first(slug=study_slug, key=key)
    return _with_version(found) if found else None


def locked_again(participant: Participant) -> Participant:
    """Return a participant as they are now, with their row locked; call inside a transaction.

    Raises `UnknownParticipantError` where the participant was erased meanwhile.
    """
    found: Any = _locked.first(participant=participant.pk)
    if found is None:
        raise UnknownParticipantError
    return _with_version(found)


def participant_by_identity(*, study: Study, platform: str, external_id: str) -> Participant | None:
    """Return the participant of this study that a platform calls `external_id`, or None."""
    return (
        _participants()
        .filter(identity__study=study, identity__platform=platform, identity__external_id=external_id)
        .first()
    )


def identity_of(participant: Participant) -> PlatformIdentity | None:
    """Return what a platform calls a participant, or None."""
    return PlatformIdentity.objects.filter(participant=participant).first()


def pages_answered(participant: Participant) -> int:
    """Return how many trial pages, checks and practice among them, a participant has answered."""
    return answers_so_far(participant).pages


def answers_so_far(participant: Participant) -> AnswersSoFar:
    """Return how many trial pages, checks and practice among them, a participant has answered, and when the last."""
    rows = _answered(participant=participant.pk)
    return AnswersSoFar(*rows[0]) if rows else AnswersSoFar(0, None)


def open_assignment(participant: Participant) -> Assignment | None:
    """Return the page that a participant is at, with its trial, task and context, or None.

    It is the first of those that are reserved. It may be past its time; as long as nobody has released it, it is
    still theirs.
    """
    return _open.first(participant=participant.pk)


def assignments_of(participant: Participant) -> QuerySet[Assignment]:
    """Return a participant's pages, with all that showing them needs but the clips."""
    return _shown().filter(participant=participant)


def _participants() -> QuerySet[Participant]:
    return Participant.objects.select_related("version__study")


def _named() -> QuerySet[Participant]:
    """Participants, with what `version_known` needs; their rows can be locked, which joined objects would forbid."""
    version = {"frozen_at": F("version__frozen_at"), "digest": F("version__digest")}
    return Participant.objects.annotate(**version, study_state=F("version__study__state")).order_by()


def _with_version(found: Any) -> Participant:
    person: Participant = found
    person.version = version_known(
        found.version_id, frozen_at=found.frozen_at, digest=found.digest, study_state=found.study_state
    )
    return person


def _of_key() -> QuerySet[Participant]:
    return _named().filter(version__study__slug=Parameter("slug"), key=Parameter("key"))


def _shown() -> QuerySet[Assignment]:
    return Assignment.objects.select_related("participant__version__study", "trial__task", "trial__context__served")


_by_key = Objects(lambda: _of_key()[:1])
_by_key_locked = Objects(lambda: _of_key().select_for_update(of=("self",), no_key=True)[:1])
_locked = Objects(lambda: _named().select_for_update(of=("self",), no_key=True).filter(pk=Parameter("participant")))
_open = Objects(
    lambda: (
        _shown()
        .filter(participant_id=Parameter("participant"), state=AssignmentState.RESERVED)
        .order_by("position")[:1]
    )
)
_answered = Rows(
    lambda: (
        Assignment.objects.filter(participant_id=Parameter("participant"), state=AssignmentState.ANSWERED)
        .order_by()
        .values_list("participant")
        .annotate(n=Count("pk"), last=Max("response__answered_at"))
        .values_list("n", "last")
    )
)
