"""Which trials have room for a participant, how filled they are, and the one way to count one more rating."""

from collections.abc import Sequence
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from annotations.enums import AssignmentState, Check, ParticipantKind
from annotations.models import Assignment, Participant, Trial
from annotations.queries.prepared import Parameter, Rows, Update
from annotations.queries.studies import ordinary_trials

Key = TypeVar("Key", int, str)


def counts(person: Participant) -> bool:
    """Tell whether a participant's ratings are among those that are planned: those of people who are not excluded."""
    return person.kind == ParticipantKind.PERSON and not person.excluded


def is_rating(page: Assignment) -> bool:
    """Tell whether the answer to a page is one of the ratings that are planned: of an ordinary trial, by who counts."""
    return counts(page.participant) and page.trial.check_kind == Check.NONE


def take_room(trial_id: int) -> bool:
    """Count one more rating for a trial if it has room; tell whether it had. Call inside a transaction."""
    try:
        with transaction.atomic():
            _raise_taken(Trial.objects.filter(pk=trial_id, taken__lt=F("planned")))
    except _OvertakenError:
        return False
    return True


class _OvertakenError(Exception):
    """Somebody else took the rating between looking and taking.

    Raised through an `atomic` block of its own, which rolls back to a savepoint: PostgreSQL keeps the lock of a row
    that a conditional UPDATE waited for and then did not change. Whoever went on to the next trial with that lock
    in hand could wait for somebody who waits for them.
    """


def _raise_taken(trial: QuerySet[Trial]) -> None:
    """Count one more rating for a trial that still answers the conditions of its query."""
    if not trial.update(taken=F("taken") + 1):
        raise _OvertakenError


def open_trials(person: Participant) -> QuerySet[Trial]:
    """Return the ordinary trials that a person was never given; for people only those with room."""
    trials = ordinary_trials(person.version).exclude(assignments__participant=person).order_by()
    return trials.filter(taken__lt=F("planned")) if counts(person) else trials


def fill_of(person: Participant, trials: QuerySet[Trial]) -> dict[int, int]:
    """Return how many ratings each trial has: those that count, or for others how many of the person's own kind."""
    if counts(person):
        return dict(trials.values_list("pk", "taken"))
    theirs = Q(assignments__participant__kind=person.kind) & ~Q(assignments__state=AssignmentState.EXPIRED)
    return dict(trials.annotate(fill=Count("assignments", filter=theirs)).values_list("pk", "fill"))


def least(fill: dict[Key, int]) -> list[Key]:
    """Return the trials (or blocks) that have the fewest ratings, sorted."""
    fewest = min(fill.values())
    return sorted(key for key, count in fill.items() if count == fewest)


def least_filled(person: Participant) -> tuple[list[int], int]:
    """Return the open trials that have the fewest ratings, sorted, and how many that is; no trials if none is open."""
    if not counts(person):
        fill = fill_of(person, open_trials(person))
        return (tied := least(fill), fill[tied[0]]) if fill else ([], 0)
    rows = _least(participant=person.pk, version=person.version_id)
    return sorted(trial_id for trial_id, _ in rows), rows[0][1] if rows else 0


def drawn_of(tied: Sequence[int], draw: float) -> int:
    """Return the one of some trials, sorted, that a number in [0, 1) draws."""
    return tied[int(draw * len(tied))]


def take_any(person: Participant, tied: Sequence[int], seen: int, draw: float) -> int | None:
    """Count one more rating for one of some trials that all had `seen`; return which, or None if it has more by now.

    `draw` in [0, 1) decides which. Where the database can skip rows that someone else is just taking, another one of
    them is taken rather than waiting. For those whose ratings are not planned, nothing is counted.
    """
    drawn = drawn_of(tied, draw)
    if not counts(person):
        return drawn
    if connection.features.has_select_for_update_skip_locked:
        free = _lock(trial=drawn, seen=seen) or _unlocked(tied, seen)
        if free:
            # Locked and looked at: nobody can have been quicker.
            _raise_seen(trial=free[0][0], seen=seen)
            return int(free[0][0])
    try:
        with transaction.atomic():
            if not _raise_seen(trial=drawn, seen=seen):
                raise _OvertakenError
    except _OvertakenError:
        return None
    return drawn


def _unlocked(tied: Sequence[int], seen: int) -> list[tuple[int]]:
    """Return one of some trials that nobody has just now, locked; nothing if all are taken."""
    free = Trial.objects.filter(pk__in=tied, taken=seen, planned__gt=seen).order_by("pk").values_list("pk")
    return list(free.select_for_update(skip_locked=True, no_key=True)[:1])


def _open() -> QuerySet[Trial]:
    given = Assignment.objects.filter(participant_id=Parameter("participant"), trial_id=OuterRef("pk"))
    trials = Trial.objects.filter(version_id=Parameter("version"), check_kind=Check.NONE, taken__lt=F("planned"))
    return trials.filter(~Exists(given)).order_by()


_least = Rows(
    lambda: _open().filter(taken=Subquery(_open().order_by("taken").values("taken")[:1])).values_list("pk", "taken")
)
_seen = {"pk": Parameter("trial"), "taken": Parameter("seen"), "planned__gt": Parameter("seen")}
_lock = Rows(
    lambda: Trial.objects.filter(**_seen).order_by().values_list("pk").select_for_update(skip_locked=True, no_key=True)
)
_raise_seen = Update(lambda: Trial.objects.filter(**_seen).order_by(), taken=F("taken") + 1)
