"""What every design of an allocation provides. One design is one module of this package."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from annotations.design.checks import ORDINARY
from annotations.enums import AssignmentState, Check, ChosenBy
from annotations.models import Assignment, Participant
from annotations.queries.pages import PagesGiven, kinds_left, pages_given
from annotations.services.allocation.checks import check_for
from annotations.services.allocation.pages import add_page, expired_with_room, take_back
from annotations.services.allocation.room import counts, open_trials, take_room


@dataclass(frozen=True, slots=True)
class Chosen:
    """An ordinary trial whose rating is counted, and why it was chosen.

    `shown`: the orders in which others saw it, None where they were not looked up.
    """

    trial_id: int
    by: ChosenBy
    shown: Sequence[Sequence[int]] | None = None


class Design(ABC):
    """How trials come to participants. Instances hold no state."""

    holds_ahead = False
    """Whether pages are held that the participant has not come to yet; they are held anew as work goes on."""

    @abstractmethod
    def reserve(self, person: Participant, given: PagesGiven, expires_at: datetime) -> Assignment | None:
        """Return a participant's next page, reserved until then; None if there is none.

        The participant's row is locked, and of what they were `given` nothing is reserved any more.
        """

    @abstractmethod
    def has_more(self, person: Participant) -> bool:
        """Tell whether `reserve` would find a page."""

    def is_left_behind(self, person: Participant) -> bool:
        """Tell of someone for whom no page is left whether one of theirs was given to somebody else meanwhile."""
        return person.assignments.filter(state=AssignmentState.EXPIRED, trial__check_kind=Check.NONE).exists()

    @abstractmethod
    def take_late_room(self, page: Assignment) -> bool:
        """Count an answer to an ordinary trial that comes after its reservation had ended; tell whether it counts."""


class OneByOne(Design):
    """A design in which each ordinary trial is chosen when the participant comes to it."""

    @abstractmethod
    def take(self, person: Participant, rng: np.random.Generator) -> Chosen | None:
        """Choose an ordinary trial that the person was never given and count a rating; None if there is none.

        `rng` belongs to this page.
        """

    @abstractmethod
    def look(self, person: Participant, rng: np.random.Generator, *, ahead: bool) -> int | None:
        """Return what `take` would choose now, and count nothing; None if there is none, or it cannot be told.

        `ahead`: the person is at an ordinary trial, and will have answered it when they come to this page.
        """

    def reserve(self, person: Participant, given: PagesGiven, expires_at: datetime) -> Assignment | None:
        """Take back what expired, else the next trial or check of the participant's layout."""
        kinds = kinds_left(person, given)
        for at, kind in enumerate(kinds):
            if kind != ORDINARY and ORDINARY in kinds[at:] and not _has_trials(person):
                return None
            back = take_back(person, kind, expires_at) if kind in given.expired else None
            page = back or self._new(person, kind, given.next_position, expires_at)
            # A check for which there is no trial is left out; without a trial the participant is done.
            if page is not None or kind == ORDINARY:
                return page
        return None

    def has_more(self, person: Participant) -> bool:
        """Tell whether there is a trial or, all trials answered, a check that is still to be given."""
        given = pages_given(person)
        kinds = kinds_left(person, given)
        if ORDINARY in kinds:
            return _has_trials(person)
        return any(check_for(person, kind, given.next_position) is not None for kind in kinds)

    def is_left_behind(self, person: Participant) -> bool:
        """Tell whether trials are still wanted of the person, and one was given to somebody else meanwhile."""
        return ORDINARY in kinds_left(person, pages_given(person)) and super().is_left_behind(person)

    def take_late_room(self, page: Assignment) -> bool:
        """Count it while its trial has room."""
        return take_room(page.trial_id)

    def _new(self, person: Participant, kind: str, position: int, expires_at: datetime) -> Assignment | None:
        if kind == ORDINARY:
            found = self.take(person, np.random.default_rng([person.seed, position]))
        else:
            check = check_for(person, kind, position)
            found = None if check is None else Chosen(check, ChosenBy.CHECK)
        if found is None:
            return None
        counted = counts(person) and kind == ORDINARY
        return add_page(
            person,
            found.trial_id,
            position,
            chosen_by=found.by,
            counted=counted,
            expires_at=expires_at,
            shown=found.shown,
        )


def _has_trials(person: Participant) -> bool:
    return open_trials(person).exists() or expired_with_room(person).exists()
