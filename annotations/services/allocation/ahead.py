"""Which trial a participant will likely get next, so that its sounds can be fetched ahead; nothing is reserved."""

import numpy as np

from annotations.design.checks import ORDINARY
from annotations.enums import AssignmentState
from annotations.models import Participant
from annotations.queries.pages import kinds_left, pages_given
from annotations.services.allocation.checks import check_for
from annotations.services.allocation.design import OneByOne
from annotations.services.allocation.designs import design_of
from annotations.services.allocation.pages import expired_with_room


def likely_next(person: Participant) -> int | None:
    """Return the trial after the one that a person is at (the first, if they are at none), or None if nobody can tell.

    Somebody else may take its last rating meanwhile, or make another one the least filled.
    """
    held = list(
        person.assignments.filter(state=AssignmentState.RESERVED)
        .order_by("position")
        .values_list("trial_id", "trial__check_kind")[:2]
    )
    design = design_of(person.version)
    if isinstance(design, OneByOne):
        return _after(person, design, at=held[0][1] if held else None)
    return held[1][0] if len(held) > 1 else None


def _after(person: Participant, design: OneByOne, at: str | None) -> int | None:
    """Return what `OneByOne.reserve` would find once a page of the kind `at` is answered, in its order."""
    given = pages_given(person)
    kinds = kinds_left(person, given)
    if at in kinds:
        kinds.remove(at)
    position = given.next_position
    for kind in kinds:
        if kind in given.expired:
            expired = expired_with_room(person, kind).order_by("-position").values_list("trial_id", flat=True).first()
            if expired is not None:
                return expired
        if kind == ORDINARY:
            return design.look(person, np.random.default_rng([person.seed, position]), ahead=at == ORDINARY)
        check = check_for(person, kind, position)
        if check is not None:
            return check
    return None
