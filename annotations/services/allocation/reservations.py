"""The page a participant is at: held, or reserved by the study's design."""

from datetime import datetime, timedelta

from django.utils import timezone

from annotations.enums import ParticipantKind, Stage
from annotations.errors import StudyFullError, WrongStageError
from annotations.models import Assignment, Participant, StudyVersion
from annotations.queries.durability import without_waiting_for_the_disk
from annotations.queries.pages import PagesGiven, pages_given
from annotations.queries.participants import locked_again, open_assignment
from annotations.queries.studies import check_open
from annotations.services.allocation.design import Design
from annotations.services.allocation.designs import design_of
from annotations.services.allocation.expiry import release_expired
from annotations.services.allocation.pages import hold
from annotations.services.leaving import leave, place_is_gone
from annotations.study_file.schema import definition_of


def next_assignment(*, participant: Participant) -> Assignment | None:
    """Return the page a participant is at, or reserve the next trial; None if there is none (left) for them.

    Whoever comes back gets the same page again, with the same order of clips; also after it expired, while its
    trial still has room. Expired reservations of others are released first. `answered`: the page they were at has just
    been answered, so that another one is held for them only by a design that holds pages ahead.

    Raises `WrongStageError` before `begin` and after `finish`, `StudyNotOpenError` unless the study is open. Whoever
    was away while the study filled up is timed out (`WrongStageError`), and who finds every trial taken before the
    first one is told so (`StudyFullError`).
    """
    held = open_assignment(participant)
    if held is not None and _is_safe(held):
        _check_may_work(held.participant)
        return held
    release_expired(version=participant.version, keep=participant)
    page, gone = _reserve(participant)
    if gone:
        raise WrongStageError(Stage.TIMED_OUT)
    if page is None and participant.kind == ParticipantKind.PERSON and not participant.assignments.exists():
        raise StudyFullError
    return page


def has_work(participant: Participant) -> bool:
    """Tell whether a page is held for or can still be given to a participant."""
    return open_assignment(participant) is not None or design_of(participant.version).has_more(participant)


def page_after_answer(*, person: Participant, given: PagesGiven) -> Assignment | None:
    """Return the page of a person who has just answered one, in the same transaction; None if there is none here.

    The person's row is locked, and `given` is what they were given, with that answer. Expired reservations of others
    are left to `release_now_and_then`, which takes locks that nobody may wait for who holds these. None leaves it to
    `next_assignment` to find a page or to say why there is none.
    """
    if person.stage != Stage.WORKING:
        return None
    design = design_of(person.version)
    if design.holds_ahead:
        held = open_assignment(person)
        if held is not None and _is_safe(held):
            return held
    # Whoever has just answered holds their place (`places_held`).
    until = timezone.now() + _reservation_time(person.version)
    return _held_or_new(person, design, given, until)


@without_waiting_for_the_disk()
def _reserve(participant: Participant) -> tuple[Assignment | None, bool]:
    """Return the page reserved, if any, and whether the participant has lost the place and is timed out."""
    person = locked_again(participant)
    _check_may_work(person)
    now, design = timezone.now(), design_of(person.version)
    gone, page = place_is_gone(person, now), None
    if not gone:
        page = _held_or_new(person, design, pages_given(person), now + _reservation_time(person.version))
        gone = page is None and person.kind == ParticipantKind.PERSON and design.is_left_behind(person)
    if gone:
        leave(participant=person, stage=Stage.TIMED_OUT)
    return page, gone


def _held_or_new(person: Participant, design: Design, given: PagesGiven, expires_at: datetime) -> Assignment | None:
    if given.is_held:
        held = hold(person, expires_at)
        if held is not None:
            return held
        given = pages_given(person)  # released between looking and locking
    return design.reserve(person, given, expires_at)


def _is_safe(held: Assignment) -> bool:
    """Tell whether a reservation can be shown without a write.

    Where further pages are held, they are held anew when half of their time is over: only the first of them is
    looked at, and the others wait behind it.
    """
    left = held.expires_at - timezone.now()
    version = held.participant.version
    needed = _reservation_time(version) / 2 if design_of(version).holds_ahead else timedelta(0)
    return left > needed


def _reservation_time(version: StudyVersion) -> timedelta:
    return timedelta(minutes=definition_of(version).allocation.reservation_minutes)


def _check_may_work(person: Participant) -> None:
    if person.stage != Stage.WORKING:
        raise WrongStageError(person.stage)
    check_open(person.version.study, person.kind)
