"""From one page to the next: an answer and the page that follows it, in one transaction."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from annotations.models import Assignment, Participant, StudyVersion
from annotations.queries.right_answers import has_feedback
from annotations.services.allocation import page_after_answer
from annotations.services.answers import Answer, Recorded, storing, take_answer

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WentOn:
    """A stored answer, and the page that is now held for the participant, if one was to be had."""

    recorded: Recorded
    page: Assignment | None

    @property
    def version(self) -> StudyVersion:
        """The version that both are of."""
        return self.recorded.response.assignment.participant.version


def answer_and_go_on(*, locked: Callable[[], Participant], answer: Answer, wants_page: bool = True) -> WentOn:
    """Store an answer and hold the next page, in one commit; return both once they are stored.

    `locked` is called in the transaction and returns the participant with their row locked. Raises what it raises,
    and what `record_response` raises; nothing is stored then. That a page cannot be had is no error: the answer is
    stored without it, and whoever asks for the page is told why.
    """
    if wants_page:
        try:
            return _both(locked, answer)
        except _NoPageError:
            # The transaction is gone, and the answer with it: it is stored alone.
            logger.exception("The page after an answer could not be held")
    with storing(answer):
        return WentOn(take_answer(person=locked(), answer=answer), None)


def _both(locked: Callable[[], Participant], answer: Answer) -> WentOn:
    with storing(answer):
        person = locked()
        recorded = take_answer(person=person, answer=answer)
        # A trial whose rating has just been counted is locked: nobody may wait for another one with it in hand.
        if recorded.came_late or has_feedback(recorded.response.assignment):
            return WentOn(recorded, None)
        try:
            return WentOn(recorded, page_after_answer(person=person, given=recorded.given))
        except Exception as error:
            raise _NoPageError from error


class _NoPageError(Exception):
    """Something broke while a page was looked for, after the answer had been taken."""
