"""A participant's pages: made, held, and taken back after they expired."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, F, QuerySet

from annotations.design.checks import ORDINARY
from annotations.design.order import presented_order
from annotations.enums import AssignmentState, ChosenBy
from annotations.models import Assignment, Participant
from annotations.queries.participants import assignments_of
from annotations.queries.prepared import Insert, Objects, Parameter, Rows, Update
from annotations.queries.trial_page import audio_of, trial_of
from annotations.services.allocation.room import counts, take_room


def add_page(
    person: Participant,
    trial_id: int,
    position: int,
    *,
    chosen_by: ChosenBy,
    counted: bool,
    expires_at: datetime,
    shown: Sequence[Sequence[int]] | None = None,
) -> Assignment:
    """Reserve a trial for a person; that its rating is `counted` is recorded, not done here.

    `shown`: the orders in which others of the person's kind saw it, where they are known already.
    """
    if shown is None:
        shown = [order for order, times in _orders(kind=person.kind, trial=trial_id) for _ in range(times)]
    n_clips = len(audio_of(person.version, trial_id))
    page = Assignment(
        participant=person,
        trial=trial_of(person.version, trial_id),
        position=position,
        presented=presented_order(seed=person.seed, page=position, n_clips=n_clips, shown=shown),
        chosen_by=chosen_by,
        counts=counted,
        expires_at=expires_at,
    )
    _insert(page)
    return page


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
    page = _reserved.first(participant=person.pk)
    if page is not None:
        _hold(participant=person.pk, until=expires_at)
        page.expires_at = expires_at
    return page


def _reserved_pages() -> QuerySet[Assignment]:
    return Assignment.objects.filter(participant_id=Parameter("participant"), state=AssignmentState.RESERVED)


_insert = Insert(Assignment)
_reserved = Objects(
    lambda: (
        _reserved_pages()
        .select_related("participant__version__study", "trial__task", "trial__context__served")
        .select_for_update(of=("self",), no_key=True)
        .order_by("position")[:1]
    )
)
_hold = Update(_reserved_pages, expires_at=Parameter("until"))
_orders = Rows(
    lambda: (
        Assignment.objects.filter(participant__kind=Parameter("kind"), trial_id=Parameter("trial"))
        .exclude(state=AssignmentState.EXPIRED)
        .order_by()
        .values_list("presented")
        .annotate(n=Count("pk"))
    )
)
