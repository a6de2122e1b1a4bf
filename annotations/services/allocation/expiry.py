"""Giving reservations past their time back to their trials."""

import logging
import time
from collections import Counter
from collections.abc import Iterable

from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from annotations.enums import AssignmentState
from annotations.frozen import MOST_VERSIONS, kept_by_version
from annotations.models import Assignment, Participant, StudyVersion, Trial
from annotations.queries.prepared import Parameter, Rows
from annotations.queries.studies import overdue
from annotations.study_file.schema import definition_of

logger = logging.getLogger(__name__)

NOBODY = 0
"""The primary key of no participant."""
NOW_AND_THEN_S = 1.0
_released_at = kept_by_version()
"""By version: when this process looked last, on the monotonic clock."""


def release_expired(*, version: StudyVersion, keep: Participant | None = None) -> int:
    """Give reservations past their time back to their trials, except those of `keep`; return how many.

    A block is given back whole: the answers of who left in the middle stay stored and do not count any more, so that
    somebody else can be given all of it.
    """
    now = timezone.now()
    # Most of the time there is none; finding that out needs no lock.
    if not _overdue(version=version.pk, now=now, keep=keep.pk if keep else NOBODY):
        return 0
    pages = overdue(version, now)
    if keep is not None:
        pages = pages.exclude(participant=keep)
    return _release_blocks(pages) if definition_of(version).allocation.design == "blocks" else _release(pages)


def release_now_and_then(*, version: StudyVersion) -> int:
    """Release a version's expired reservations unless this process did within `NOW_AND_THEN_S`; return how many.

    For who has a page already: the next one who looks for a page and finds none releases them at once. Nobody's reply
    waits for what this could raise: it is logged.
    """
    now = time.monotonic()
    if now - _released_at.get(version.pk, -NOW_AND_THEN_S) < NOW_AND_THEN_S:
        return 0
    if len(_released_at) >= MOST_VERSIONS:
        _released_at.clear()
    _released_at[version.pk] = now
    try:
        return release_expired(version=version)
    except DatabaseError:
        logger.exception("Expired reservations could not be released now")
        return 0


@transaction.atomic
def _release(pages: QuerySet[Assignment]) -> int:
    rows = list(pages.select_for_update(skip_locked=True, of=("self",), no_key=True))
    return _expire(rows, rows)


@transaction.atomic
def _release_blocks(pages: QuerySet[Assignment]) -> int:
    """Release whoever holds nothing but overdue pages; whoever is at work just now is left alone."""
    absent = Participant.objects.filter(pk__in=pages.order_by().values("participant"))
    people = list(absent.order_by("pk").select_for_update(skip_locked=True, no_key=True))
    # Every page is waited for: an answer that is being stored belongs to what is given back.
    theirs = Assignment.objects.filter(participant__in=people).order_by("pk")
    rows = list(theirs.select_for_update(of=("self",), no_key=True))
    now = timezone.now()
    back = {row.participant_id for row in rows if row.state == AssignmentState.RESERVED and row.expires_at > now}
    rows = [row for row in rows if row.participant_id not in back]
    return _expire([row for row in rows if row.state == AssignmentState.RESERVED], rows)


def _expire(reserved: Iterable[Assignment], uncounted: Iterable[Assignment]) -> int:
    """Let reservations expire and pages count no longer; return how many reservations."""
    expired = [row.pk for row in reserved]
    Assignment.objects.filter(pk__in=expired).update(state=AssignmentState.EXPIRED)
    counted = [row for row in uncounted if row.counts]
    Assignment.objects.filter(pk__in=[row.pk for row in counted]).update(counts=False)
    # In the order of the keys, so that two who release at once cannot wait for each other.
    for trial_id, count in sorted(Counter(row.trial_id for row in counted).items()):
        Trial.objects.filter(pk=trial_id).update(taken=F("taken") - count)
    return len(expired)


_overdue = Rows(
    lambda: (
        Assignment.objects.filter(
            trial__version_id=Parameter("version"),
            state=AssignmentState.RESERVED,
            expires_at__lte=Parameter("now"),
        )
        .exclude(participant_id=Parameter("keep"))
        .order_by()
        .values_list("pk")[:1]
    )
)
