"""Which answers count towards the ratings planned of their trials: those of people who are not excluded.

Whoever is excluded gives the ratings back, so that others can be asked; whoever is included again gets them back while
there is room. Lock order, here as everywhere: participants, their pages, then trials by their key.
"""

from collections import Counter

from django.db import transaction
from django.db.models import F, QuerySet

from annotations.enums import AssignmentState, ParticipantKind
from annotations.models import Assignment, Study, Trial
from annotations.services.allocation import take_room

COUNTED = (ParticipantKind.PERSON, ParticipantKind.IMPORTED)


@transaction.atomic
def reopen_ratings(*, study: Study) -> int:
    """Take the answers of excluded participants out of their trials' `taken`; return how many."""
    pages = _answered(study).filter(counts=True, participant__excluded=True)
    return uncount(pages)


@transaction.atomic
def count_ratings(*, study: Study) -> int:
    """Count answers that do not count yet, the earliest first, while their trials have room; return how many.

    These are answers of people who were excluded and are no longer, and those that came after their reservation
    had been given to someone else, whose answer does not count any more.
    """
    waiting = _answered(study).filter(counts=False, participant__excluded=False, participant__kind__in=COUNTED)
    with_room = waiting.filter(trial__taken__lt=F("trial__planned"))
    rows = list(with_room.order_by("trial_id", "response__answered_at", "pk").select_for_update(of=("self",)))
    counted = [row.pk for row in rows if take_room(row.trial_id)]
    Assignment.objects.filter(pk__in=counted).update(counts=True)
    return len(counted)


def uncount(pages: QuerySet[Assignment]) -> int:
    """Let pages count no longer and give their trials the room back; return how many. Call inside a transaction."""
    rows = list(pages.filter(counts=True).order_by("pk").select_for_update(of=("self",)))
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(counts=False)
    for trial_id, count in sorted(Counter(row.trial_id for row in rows).items()):
        Trial.objects.filter(pk=trial_id).update(taken=F("taken") - count)
    return len(rows)


def _answered(study: Study) -> QuerySet[Assignment]:
    return Assignment.objects.filter(trial__version__study=study, state=AssignmentState.ANSWERED)
