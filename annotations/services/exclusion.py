"""Leave participants out of the figures, or take them in again. Nothing is deleted, and the reason is kept."""

from django.db import transaction

from annotations.errors import StudyError
from annotations.models import Participant
from annotations.queries.participants import locked_again
from annotations.services.recount import count_ratings, reopen_ratings

LONGEST_REASON = 200
BY_RULE = "rule: "
"""How a reason begins that a rule of `exclude:` gave."""


@transaction.atomic
def exclude_participant(*, participant: Participant, reason: str) -> Participant:
    """Flag a participant as excluded; raise `StudyError` without a reason.

    The answers stay where they are. Their ratings reopen at once, unless `allocation.reopen` leaves the excluded out.
    """
    reason = reason.strip()
    if not reason:
        raise StudyError("Give a reason: results are shown with and without those excluded, and why.")
    if len(reason) > LONGEST_REASON:
        raise StudyError(f"The reason has {len(reason)} characters. Use {LONGEST_REASON} at most.")
    current = locked_again(participant)
    current.excluded, current.exclusion, current.exempt = True, reason, False
    current.save(update_fields=["excluded", "exclusion", "exempt"])
    reopen_ratings(study=current.version.study, of=current)
    return current


@transaction.atomic
def include_participant(*, participant: Participant) -> Participant:
    """Take an excluded participant in again; their ratings count while there is room.

    Whom a rule had excluded is exempt from then on: a researcher has looked, and no rule excludes them again.
    """
    current = locked_again(participant)
    current.exempt = current.exempt or current.exclusion.startswith(BY_RULE)
    current.excluded, current.exclusion = False, ""
    current.save(update_fields=["excluded", "exclusion", "exempt"])
    count_ratings(study=current.version.study, of=current)
    return current
