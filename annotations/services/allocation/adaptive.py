"""Trials with the highest `Trial.priority` come first, but for a stated share that is drawn at random.

Only the random share tells about all trials without bias: whoever sets priorities has looked at answers.
"""

import math

import numpy as np

from annotations.enums import AssignmentState, ChosenBy
from annotations.models import Participant
from annotations.services.allocation.design import Chosen, OneByOne
from annotations.services.allocation.room import fill_of, least, open_trials, take_any
from annotations.study_file.schema import definition_of


class Adaptive(OneByOne):
    """Each participant has the random share of the pages, as nearly as whole pages allow, spread over the session."""

    def take(self, person: Participant, rng: np.random.Generator) -> Chosen | None:
        """Take any open trial on a page of the random share, else a least filled one of the highest priority."""
        by = ChosenBy.RANDOM if _is_random(person) else ChosenBy.PRIORITY
        while fill := fill_of(person, open_trials(person)):
            tied = [sorted(fill)[int(rng.integers(len(fill)))]] if by == ChosenBy.RANDOM else _foremost(person, fill)
            trial_id = take_any(person, tied, fill[tied[0]], rng)
            if trial_id is not None:
                return Chosen(trial_id, by)
        return None


def _foremost(person: Participant, fill: dict[int, int]) -> list[int]:
    """Return the least filled of the open trials that have the highest priority."""
    priority = dict(open_trials(person).values_list("pk", "priority"))
    highest = max(priority.get(trial_id, -math.inf) for trial_id in fill)
    return least({pk: count for pk, count in fill.items() if priority.get(pk, -math.inf) == highest})


def _is_random(person: Participant) -> bool:
    """Tell whether the next trial is of the random share: every 1/share-th, from a phase of the person's own."""
    share = definition_of(person.version).allocation.random_share
    chosen = [ChosenBy.RANDOM, ChosenBy.PRIORITY]
    nth = person.assignments.filter(chosen_by__in=chosen, state=AssignmentState.ANSWERED).count()
    phase = np.random.default_rng([person.seed, len(chosen)]).random()
    return math.floor((nth + 1) * share + phase) > math.floor(nth * share + phase)
