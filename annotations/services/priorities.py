"""What is asked first in an adaptive study, as others work it out."""

from collections.abc import Mapping

from django.db import transaction

from annotations.models import StudyVersion, Trial

AT_ONCE = 200
"""Trials in one transaction: listeners wait for it."""


def set_priorities(*, version: StudyVersion, priorities: Mapping[int, float]) -> int:
    """Store the priority of each trial, by its primary key; others keep theirs. Return how many changed.

    A few trials at a time, in the order in which trials are locked everywhere: by their key.
    """
    changed = 0
    keys = sorted(priorities)
    for start in range(0, len(keys), AT_ONCE):
        with transaction.atomic():
            some = version.trials.filter(pk__in=keys[start : start + AT_ONCE]).order_by("pk")
            moved = []
            for trial in some.only("pk", "priority").select_for_update(no_key=True):
                if trial.priority != priorities[trial.pk]:
                    trial.priority = priorities[trial.pk]
                    moved.append(trial)
            Trial.objects.bulk_update(moved, ["priority"])
        changed += len(moved)
    return changed
