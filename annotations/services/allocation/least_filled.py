"""Trials with the fewest ratings come first; among equals the participant's seed decides."""

import numpy as np

from annotations.enums import ChosenBy
from annotations.models import Participant
from annotations.services.allocation.design import Chosen, OneByOne
from annotations.services.allocation.room import counts, drawn_of, least_filled, take_any
from annotations.services.allocation.take_least import take_least_filled


class LeastFilled(OneByOne):
    """As long as everybody stays, no trial is ever more than one rating ahead of another one that can be given."""

    def take(self, person: Participant, rng: np.random.Generator) -> Chosen | None:
        """Take one of the least filled trials.

        Whoever is overtaken between looking and taking looks again: others have moved on, so this ends.
        """
        draw = rng.random()
        taken = take_least_filled(person, draw) if counts(person) else None
        if taken is not None:
            return Chosen(taken.trial_id, ChosenBy.LEAST_FILLED, taken.shown)
        while True:
            tied, seen = least_filled(person)
            if not tied:
                return None
            trial_id = take_any(person, tied, seen, draw)
            if trial_id is not None:
                return Chosen(trial_id, ChosenBy.LEAST_FILLED)

    def look(self, person: Participant, rng: np.random.Generator, *, ahead: bool) -> int | None:
        """Draw one of the trials that are least filled at this moment."""
        tied, _ = least_filled(person)
        return drawn_of(tied, rng.random()) if tied else None
