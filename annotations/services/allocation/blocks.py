"""Fixed sets of trials: each participant gets one whole block, and all blocks are used equally.

All pages of a block are reserved at once, and counted and given back together, so that every trial of a block always
has the same number of ratings. What someone answered of a block and then left stays stored and does not count.
"""

from collections.abc import Iterable
from datetime import datetime

import numpy as np
from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet

from annotations.enums import AssignmentState, Check
from annotations.models import Assignment, Participant, Trial
from annotations.queries.pages import PagesGiven
from annotations.queries.studies import ordinary_trials
from annotations.services.allocation.block_pages import add_pages
from annotations.services.allocation.design import Design
from annotations.services.allocation.pages import hold
from annotations.services.allocation.room import counts, least


class Blocks(Design):
    """A block is what a participant's first reservation is of."""

    holds_ahead = True

    def reserve(self, person: Participant, given: PagesGiven, expires_at: datetime) -> Assignment | None:
        """Reserve a block for someone new; take back what expired while its block still has room."""
        if not given.next_position:
            block = _take_block(person)
            if block:
                add_pages(person, block, expires_at)
        elif _take_again(person):
            pages = person.assignments.filter(state=AssignmentState.EXPIRED)
            pages.update(state=AssignmentState.RESERVED, expires_at=expires_at)
        return hold(person, expires_at)

    def has_more(self, person: Participant) -> bool:
        """Tell whether a block is free for someone new; whoever has one is done when nothing is reserved."""
        if not person.assignments.exists():
            return bool(_fill(person))
        return person.assignments.filter(state=AssignmentState.EXPIRED).exists() and _has_room(
            _block_of(person), person
        )

    def take_late_room(self, page: Assignment) -> bool:
        """Count nothing: the block was given back whole. It counts again when the participant goes on with it."""
        return False


class _OvertakenError(Exception):
    """Somebody else took the block between looking and taking."""


def _fill(person: Participant) -> dict[str, int]:
    """Return how often each block is used, of those that have room for one more participant."""
    trials = ordinary_trials(person.version).order_by().values_list("block")
    if counts(person):
        full = set(trials.filter(taken__gte=F("planned")).values_list("block", flat=True))
        return {block: taken for block, taken in trials.annotate(n=Max("taken")) if block not in full}
    theirs = Q(assignments__participant__kind=person.kind) & ~Q(assignments__state=AssignmentState.EXPIRED)
    return dict(trials.annotate(n=Count("assignments__participant", filter=theirs, distinct=True)))


def _take_block(person: Participant) -> list[Trial]:
    """Count one more rating for every trial of a least used block and return them; empty if none is free."""
    rng = np.random.default_rng(person.seed)
    while fill := _fill(person):
        tied = least(fill)
        block = tied[int(rng.integers(len(tied)))]
        try:
            # Overtaken, the locks go back at once: nobody waits for a block with another one in hand.
            with transaction.atomic():
                return _take(person, ordinary_trials(person.version).filter(block=block), used=fill[block])
        except _OvertakenError:
            continue
    return []


def _take(person: Participant, block: QuerySet[Trial], used: int) -> list[Trial]:
    trials = list(block.order_by("pk").select_for_update(no_key=True))
    if counts(person):
        if max(trial.taken for trial in trials) != used or any(trial.taken >= trial.planned for trial in trials):
            raise _OvertakenError
        _raise_taken(trials)
    return trials


def _take_again(person: Participant) -> bool:
    """Count a block again whose pages count no longer, with the answers already given; tell whether it has room."""
    pages = person.assignments.filter(trial__check_kind=Check.NONE)
    if not counts(person):
        return True
    if not pages.filter(counts=False).exists():
        return False
    trials = list(_block_of(person).order_by("pk").select_for_update(no_key=True))
    if any(trial.taken >= trial.planned for trial in trials):
        return False
    _raise_taken(trials)
    pages.update(counts=True)
    return True


def _raise_taken(trials: Iterable[Trial]) -> None:
    Trial.objects.filter(pk__in=[trial.pk for trial in trials]).update(taken=F("taken") + 1)


def _block_of(person: Participant) -> QuerySet[Trial]:
    return Trial.objects.filter(check_kind=Check.NONE, assignments__participant=person)


def _has_room(block: QuerySet[Trial], person: Participant) -> bool:
    return not counts(person) or not block.filter(taken__gte=F("planned")).exists()
