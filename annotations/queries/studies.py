"""Which study is meant, and whether it can take someone."""

from copy import copy
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from annotations.enums import AssignmentState, Check, ParticipantKind, Stage, StudyState
from annotations.errors import StudyFullError, StudyNotOpenError, UnknownStudyError
from annotations.frozen import remembered
from annotations.models import TO_JOIN_FIRST, Assignment, Participant, Study, StudyVersion, Trial
from annotations.queries.prepared import Parameter, Rows
from annotations.study_file.schema import definition_of

# People whose answers count, and those who try a study out as people do.
PEOPLE = (ParticipantKind.PERSON, ParticipantKind.PILOT)


def version_to_join(slug: str) -> StudyVersion:
    """Return the version that newcomers get, with its study; raise `UnknownStudyError` if there is none."""
    rows = _to_join(slug=slug)
    if not rows:
        raise UnknownStudyError(slug)
    pk, frozen_at, digest, study_state = rows[0]
    return version_known(pk, frozen_at=frozen_at, digest=digest, study_state=study_state)


def version_known(pk: int, *, frozen_at: datetime | None, digest: str, study_state: str) -> StudyVersion:
    """Return the version with this key, with its study in this state; of one that is frozen, from memory.

    The objects are the caller's own, but for what their fields hold: nobody may change that.
    """
    known = _version(StudyVersion(pk=pk, frozen_at=frozen_at, digest=digest))
    version, version.study = copy(known), copy(known.study)
    version.study.state = study_state
    return version


@remembered
def _version(version: StudyVersion) -> StudyVersion:
    """Return what is stored of a version, with its study as it was at some time."""
    return StudyVersion.objects.select_related("study").get(pk=version.pk)


def check_open(study: Study, kind: str) -> None:
    """Raise `StudyNotOpenError` unless the study's state admits participants of this kind.

    People need a live study. A draft can be previewed and piloted; simulated listeners may come at any time.
    """
    if study.state == StudyState.LIVE or kind == ParticipantKind.SIMULATED:
        return
    if kind == ParticipantKind.PERSON or study.state != StudyState.DRAFT:
        raise StudyNotOpenError(study.state)


def check_room(version: StudyVersion, now: datetime) -> None:
    """Raise `StudyFullError` if every place is held, or no trial wants another rating."""
    definition = definition_of(version)
    places = definition.recruitment.places
    hold = timedelta(minutes=definition.allocation.reservation_minutes)
    if places is not None and places_held(version.study, now - hold, now) >= places:
        raise StudyFullError
    if not _open(version=version.pk) and not overdue(version, now).exists():
        raise StudyFullError


def overdue(version: StudyVersion, now: datetime) -> QuerySet[Assignment]:
    """Return the reservations of a version that are past their time and not yet released."""
    return Assignment.objects.filter(trial__version=version, state=AssignmentState.RESERVED, expires_at__lte=now)


def places_held(study: Study, since: datetime, now: datetime) -> int:
    """Count the people who hold a place: those done, those who came after `since`, and those at a trial.

    Whoever leaves gives the place back when the reservation of their last trial expires; whoever is excluded, if the
    study reopens their ratings.
    """
    return _with_place(study, since, now).count()


def holds_place(person: Participant, since: datetime, now: datetime) -> bool:
    """Tell whether a participant is one of those who hold a place."""
    return _with_place(person.version.study, since, now).filter(pk=person.pk).exists()


def _with_place(study: Study, since: datetime, now: datetime) -> QuerySet[Participant]:
    on_the_way = Q(stage__in=[Stage.ARRIVED, Stage.CONSENTED, Stage.WORKING])
    at_a_trial = Q(assignments__state=AssignmentState.RESERVED, assignments__expires_at__gt=now)
    # After the last trial there may still be a form.
    just_answered = Q(assignments__response__answered_at__gt=since)
    held = Q(stage=Stage.DONE) | (on_the_way & (Q(arrived_at__gt=since) | at_a_trial | just_answered))
    replaced = [one for one in study.versions.all() if "excluded" in definition_of(one).allocation.reopen]
    people = Participant.objects.filter(version__study=study, kind=ParticipantKind.PERSON)
    return people.exclude(excluded=True, version__in=replaced).filter(held).distinct()


def ordinary_trials(version: StudyVersion) -> QuerySet[Trial]:
    """Return the trials that are neither practice nor a check."""
    return version.trials.filter(check_kind=Check.NONE)


# As `Study.version_to_join` finds it.
_to_join = Rows(
    lambda: (
        StudyVersion.objects.filter(study__slug=Parameter("slug"))
        .order_by(*TO_JOIN_FIRST)
        .values_list("pk", "frozen_at", "digest", "study__state")[:1]
    )
)
_open = Rows(
    lambda: (
        Trial.objects.filter(version_id=Parameter("version"), check_kind=Check.NONE, taken__lt=F("planned"))
        .order_by()
        .values_list("pk")[:1]
    )
)
