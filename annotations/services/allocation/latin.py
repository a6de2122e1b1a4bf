"""Counterbalanced order: each participant follows a row of a balanced Latin square of all trials (Williams 1949).

A participant gets the first `trials_per_participant` trials of the row. Over all rows of the square each trial is
given equally often, on each page equally often; what is full by then is passed over.
"""

from collections import Counter

import numpy as np

from annotations.design.latin import n_rows, williams_row
from annotations.enums import ChosenBy, Stage
from annotations.models import Participant, StudyVersion
from annotations.queries.studies import ordinary_trials
from annotations.services.allocation.design import Chosen, OneByOne
from annotations.services.allocation.room import fill_of, open_trials, take_any


class Latin(OneByOne):
    """Rows are given out in the order of arrival, one that was excluded or withdrew before all others again."""

    def take(self, person: Participant, rng: np.random.Generator) -> Chosen | None:
        """Take the first open trial of the person's row."""
        trial_ids = _trial_ids(person)
        order = _order(trial_ids, _row(person, n_rows(len(trial_ids))))
        while fill := fill_of(person, open_trials(person)):
            first = next(trial_id for trial_id in order if trial_id in fill)
            if take_any(person, [first], fill[first], rng.random()) is not None:
                return Chosen(first, ChosenBy.LATIN)
        return None

    def look(self, person: Participant, rng: np.random.Generator, *, ahead: bool) -> int | None:
        """Return the first open trial of the row; whoever has no row yet gets it with the first trial."""
        if person.latin_row is None:
            return None
        fill = fill_of(person, open_trials(person))
        return next((trial_id for trial_id in _order(_trial_ids(person), person.latin_row) if trial_id in fill), None)


def _trial_ids(person: Participant) -> list[int]:
    return list(ordinary_trials(person.version).order_by("position").values_list("pk", flat=True))


def _order(trial_ids: list[int], row: int) -> list[int]:
    return [trial_ids[at] for at in williams_row(len(trial_ids), row)]


def _row(person: Participant, rows: int) -> int:
    """Return the person's row; whoever has none gets the first of those that were given out least."""
    if person.latin_row is None:
        # Whoever begins waits here for the one before, so that no row is given out twice before the others.
        StudyVersion.objects.select_for_update(no_key=True).get(pk=person.version_id)
        others = Participant.objects.filter(version=person.version_id, kind=person.kind, excluded=False)
        given = Counter(
            others.exclude(stage=Stage.WITHDRAWN).exclude(latin_row=None).values_list("latin_row", flat=True)
        )
        person.latin_row = min(range(rows), key=lambda row: (given[row], row))
        person.save(update_fields=["latin_row"])
    return person.latin_row
