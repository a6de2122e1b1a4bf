"""Trials with the highest `Trial.priority` come first, but for a stated share that is drawn at random.

Only the random share tells about all trials without bias: whoever sets priorities has looked at answers. What it is
made of is settled by the participant's seed before anything else, so that no priority can take a trial out of it.
"""

import math

import numpy as np

from annotations.enums import AssignmentState, ChosenBy
from annotations.models import Participant
from annotations.queries.studies import ordinary_trials
from annotations.services.allocation.design import Chosen, OneByOne
from annotations.services.allocation.room import drawn_of, fill_of, least, open_trials, take_any
from annotations.study_file.schema import definition_of


class Adaptive(OneByOne):
    """Each participant has the random share of the pages, as nearly as whole pages allow, spread over the session."""

    def take(self, person: Participant, rng: np.random.Generator) -> Chosen | None:
        """Take the person's next random trial on a page of the random share, else one of the highest priority."""
        by = ChosenBy.RANDOM if _is_random(person) else ChosenBy.PRIORITY
        draw = rng.random()
        while fill := fill_of(person, open_trials(person)):
            tied = _tied(person, fill, by)
            trial_id = take_any(person, tied, fill[tied[0]], draw)
            if trial_id is not None:
                return Chosen(trial_id, by)
        return None

    def look(self, person: Participant, rng: np.random.Generator, *, ahead: bool) -> int | None:
        """Draw as `take` would, with the priorities of this moment."""
        fill = fill_of(person, open_trials(person))
        if not fill:
            return None
        tied = _tied(person, fill, ChosenBy.RANDOM if _is_random(person, ahead=ahead) else ChosenBy.PRIORITY)
        return drawn_of(tied, rng.random())


def _tied(person: Participant, fill: dict[int, int], by: ChosenBy) -> list[int]:
    """Return the trials with room of which any may be taken: one of the random share, or those that come first."""
    drawn = _drawn(person)
    if by == ChosenBy.RANDOM:
        return [next(trial_id for trial_id in drawn if trial_id in fill)]
    kept = set(drawn[: _random_pages(person)])
    return _foremost(person, {pk: count for pk, count in fill.items() if pk not in kept} or fill)


def _foremost(person: Participant, fill: dict[int, int]) -> list[int]:
    """Return the least filled of the trials that have the highest priority."""
    priority = dict(ordinary_trials(person.version).order_by().values_list("pk", "priority"))
    highest = max(priority[trial_id] for trial_id in fill)
    return least({pk: count for pk, count in fill.items() if priority[pk] == highest})


def _drawn(person: Participant) -> list[int]:
    """Return all trials in the random order of the person; the random share is made of the first ones with room."""
    trial_ids = list(ordinary_trials(person.version).order_by("position").values_list("pk", flat=True))
    order = np.random.default_rng([person.seed, len(trial_ids)]).permutation(len(trial_ids))
    return [trial_ids[at] for at in order]


def _is_random(person: Participant, *, ahead: bool = False) -> bool:
    """Tell whether the next trial is of the random share; `ahead`: the one after it."""
    chosen = [ChosenBy.RANDOM, ChosenBy.PRIORITY]
    nth = person.assignments.filter(chosen_by__in=chosen, state=AssignmentState.ANSWERED).count()
    nth += ahead
    return _random_until(person, nth + 1) > _random_until(person, nth)


def _random_pages(person: Participant) -> int:
    return _random_until(person, definition_of(person.version).allocation.trials_per_participant)


def _random_until(person: Participant, n: int) -> int:
    """Return how many of the first `n` trials are random: every 1/share-th, from a phase of the person's own."""
    phase = float(np.random.default_rng([person.seed, 1]).random())
    return math.floor(n * definition_of(person.version).allocation.random_share + phase)
