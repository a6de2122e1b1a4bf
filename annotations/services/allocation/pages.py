"""A participant's pages: made, held, and taken back after they expired."""

from datetime import datetime

from django.db.models import F, Max, QuerySet

from annotations.design.checks import ORDINARY
from annotations.design.order import presented_order
from annotations.enums import AssignmentState, ChosenBy
from annotations.models import Assignment, Participant, TrialClip
from annotations.queries.participants import assignments_of
from annotations.services.allocation.room import counts, take_room


def next_position(person: Participant) -> int:
    """Return the number of the next page, from 0."""
    last = person.assignments.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def add_page(
    person: Participant, trial_id: int, position: int, *, chosen_by: ChosenBy, counted: bool, expires_at: datetime
) -> Assignment:
    """Reserve a trial for a person; that its rating is `counted` is recorded, not done here."""
    shown = list(orders_shown(person).filter(trial_id=trial_id).values_list("presented", flat=True))
    n_clips = len(shown[0]) if shown else TrialClip.objects.filter(trial_id=trial_id).count()
    page = Assignment.objects.create(
        participant=person,
        trial_id=trial_id,
        position=position,
        presented=presented_order(seed=person.seed, page=position, n_clips=n_clips, shown=shown),
        chosen_by=chosen_by,
        counts=counted,
        expires_at=expires_at,
    )
    return assignments_of(person).get(pk=page.pk)


def orders_shown(person: Participant) -> QuerySet[Assignment]:
    """Return the pages of all participants of the person's kind: what the places of clips are balanced over."""
    pages = Assignment.objects.filter(participant__kind=person.kind, trial__version=person.version_id)
    return pages.exclude(state=AssignmentState.EXPIRED).order_by("pk")


def expired_with_room(person: Participant, kind: str = ORDINARY) -> QuerySet[Assignment]:
    """Return the person's pages that expired and whose trial could be given to them again."""
    pages = assignments_of(person).filter(state=AssignmentState.EXPIRED, trial__check_kind=kind)
    counted = counts(person) and kind == ORDINARY
    return pages.filter(trial__taken__lt=F("trial__planned")) if counted else pages


def take_back(person: Participant, kind: str, expires_at: datetime) -> Assignment | None:
    """Reserve again the last page of a kind that expired while the person was away, if its trial still has room."""
    page = locked(expired_with_room(person, kind).order_by("-position"))
    if page is None:
        return None
    page.counts = counts(person) and kind == ORDINARY
    if page.counts and not take_room(page.trial_id):
        return None
    page.state, page.expires_at = AssignmentState.RESERVED, expires_at
    page.save(update_fields=["state", "expires_at", "counts"])
    return page


def locked(pages: QuerySet[Assignment]) -> Assignment | None:
    """Return the first of some pages, locked: neither a release nor a late answer can come between."""
    return pages.select_for_update(of=("self",), no_key=True).first()


def hold(person: Participant, expires_at: datetime) -> Assignment | None:
    """Hold what is reserved for a person until then; return the page they are at, None if nothing is reserved."""
    reserved = assignments_of(person).filter(state=AssignmentState.RESERVED)
    page = locked(reserved.order_by("position"))
    if page is not None:
        person.assignments.filter(state=AssignmentState.RESERVED).update(expires_at=expires_at)
        page.expires_at = expires_at
    return page
