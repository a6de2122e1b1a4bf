"""Which trials have room for a participant, how filled they are, and the one way to count one more rating."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from django.db import connection, transaction
from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from annotations.enums import AssignmentState, ParticipantKind
from annotations.models import Participant, Trial
from annotations.queries.studies import ordinary_trials

Key = TypeVar("Key", int, str)


def counts(person: Participant) -> bool:
    """Tell whether a participant's ratings are among those that are planned: those of people who are not excluded."""
    return person.kind == ParticipantKind.PERSON and not person.excluded


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


def take_any(person: Participant, tied: Sequence[int], seen: int, rng: np.random.Generator) -> int | None:
    """Count one more rating for one of some trials that all had `seen`; return which, or None if it has more by now.

    `rng` draws it. Where the database can skip rows that someone else is just taking, another one of them is taken
    rather than waiting. For those whose ratings are not planned, nothing is counted.
    """
    drawn = tied[int(rng.integers(len(tied)))]
    if not counts(person):
        return drawn
    try:
        with transaction.atomic():
            if connection.features.has_select_for_update_skip_locked:
                drawn = _unlocked(tied, drawn, seen) or drawn
            _raise_taken(Trial.objects.filter(pk=drawn, taken=seen, planned__gt=seen))
    except _OvertakenError:
        return None
    return drawn


def _unlocked(tied: Sequence[int], preferred: int, seen: int) -> int | None:
    """Return the preferred one of some trials, now locked, or another one if somebody has it; None if all are taken."""
    preferred_first = Case(When(pk=preferred, then=Value(0)), default=Value(1))
    free = Trial.objects.filter(pk__in=tied, taken=seen).order_by(preferred_first, "pk").values_list("pk", flat=True)
    return free.select_for_update(skip_locked=True, no_key=True).first()
