"""Which practice, attention or repeated trial a participant gets next."""

from zlib import crc32

import numpy as np
from django.db.models import QuerySet

from annotations.enums import AssignmentState, Check
from annotations.models import Participant, Trial
from annotations.queries.examples import practice_trials
from annotations.study_file.plan import REPEATED
from annotations.study_file.schema import definition_of


def check_for(person: Participant, kind: str, position: int) -> int | None:
    """Return a check of a kind that the person was never given, for the page at `position`; None if there is none.

    Practice comes in the order of the plan, attention trials in an order of the person's own. A repeat is one of the
    trials that the person answered at least `repeat_after` pages before.
    """
    fresh = _fresh(person, kind)
    if kind == Check.REPEAT:
        fresh = fresh.filter(**{f"attributes__{REPEATED}__in": _answered_before(person, position)})
    trial_ids = list(fresh.order_by("position").values_list("pk", flat=True))
    if not trial_ids:
        return None
    if kind == Check.PRACTICE:
        return trial_ids[0]
    rng = np.random.default_rng([person.seed, crc32(kind.encode()), position])
    return trial_ids[int(rng.integers(len(trial_ids)))]


def _fresh(person: Participant, kind: str) -> QuerySet[Trial]:
    version = person.version
    trials = practice_trials(version) if kind == Check.PRACTICE else version.trials.filter(check_kind=kind)
    return trials.exclude(assignments__participant=person)


def _answered_before(person: Participant, position: int) -> list[str]:
    """Return the keys of the ordinary trials answered long enough before a page."""
    latest = position - definition_of(person.version).checks.repeat_after
    pages = person.assignments.filter(
        state=AssignmentState.ANSWERED, position__lte=latest, trial__check_kind=Check.NONE
    )
    return list(pages.values_list("trial__key", flat=True))
