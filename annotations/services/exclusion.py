"""Leave participants out of the figures, or take them in again. Nothing is deleted, and the reason is kept."""

from django.db import transaction

from annotations.errors import StudyError
from annotations.models import Participant

LONGEST_REASON = 200


@transaction.atomic
def exclude_participant(*, participant: Participant, reason: str) -> Participant:
    """Flag a participant as excluded; raise `StudyError` without a reason.

    The answers stay where they are and go on counting towards the ratings planned of their trials.
    """
    reason = reason.strip()
    if not reason:
        raise StudyError("Give a reason: results are shown with and without those excluded, and why.")
    if len(reason) > LONGEST_REASON:
        raise StudyError(f"The reason has {len(reason)} characters. Use {LONGEST_REASON} at most.")
    return _flag(participant, excluded=True, reason=reason)


@transaction.atomic
def include_participant(*, participant: Participant) -> Participant:
    """Take an excluded participant in again."""
    return _flag(participant, excluded=False, reason="")


def _flag(participant: Participant, *, excluded: bool, reason: str) -> Participant:
    current = Participant.objects.select_for_update().get(pk=participant.pk)
    current.excluded, current.exclusion = excluded, reason
    current.save(update_fields=["excluded", "exclusion"])
    return current
