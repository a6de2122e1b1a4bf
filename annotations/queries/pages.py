"""How many pages a participant gets, of which kinds, and what is left of them."""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, Count, F, QuerySet, When

from annotations.design.checks import ORDINARY, PageCounts, lay_out
from annotations.enums import AssignmentState
from annotations.frozen import remembered
from annotations.models import Assignment, Participant, StudyVersion, Trial
from annotations.queries.prepared import Parameter, Rows
from annotations.queries.studies import ordinary_trials
from annotations.queries.trial_page import trial_of
from annotations.study_file.checks import page_counts
from annotations.study_file.schema import StudyDefinition, definition_of


def pages_of(version: StudyVersion) -> int:
    """Return the number of trial pages, checks and practice among them, that one participant gets, at most."""
    definition = definition_of(version)
    largest = max(block_sizes(version).values(), default=0) if definition.allocation.design == "blocks" else None
    return counts_of(version, definition, block=largest).total


def block_sizes(version: StudyVersion) -> dict[str, int]:
    """Return the number of ordinary trials in each block."""
    trials = ordinary_trials(version).order_by()
    return dict(trials.values_list("block").annotate(n=Count("pk")))


def counts_of(version: StudyVersion, definition: StudyDefinition, *, block: int | None = None) -> PageCounts:
    """Return how many pages of each kind one participant gets; `block` is the size of the participant's block."""
    return page_counts(definition, trials_of_kind(version), block)


@remembered
def trials_of_kind(version: StudyVersion) -> dict[str, int]:
    """Return the number of trials of each kind of check."""
    return dict(_of_kind(version=version.pk))


@dataclass(frozen=True, slots=True)
class PageGiven:
    """One page: its number, from 0, the state it is in, and the kind of its trial."""

    position: int
    state: str
    kind: str


@dataclass(frozen=True, slots=True)
class PagesGiven:
    """What a participant was given so far."""

    pages: Sequence[PageGiven]

    @property
    def answered(self) -> Counter[str]:
        """How many pages of each kind are answered."""
        return Counter(page.kind for page in self.pages if page.state == AssignmentState.ANSWERED)

    @property
    def expired(self) -> Set[str]:
        """The kinds of which pages expired."""
        return {page.kind for page in self.pages if page.state == AssignmentState.EXPIRED}

    @property
    def is_held(self) -> bool:
        """Whether a page is reserved."""
        return any(page.state == AssignmentState.RESERVED for page in self.pages)

    @property
    def next_position(self) -> int:
        """The number of the next page."""
        return max((page.position for page in self.pages), default=-1) + 1

    def with_answer(self, position: int) -> "PagesGiven":
        """Return the same after the page at a position has been answered."""
        answered = AssignmentState.ANSWERED
        return PagesGiven([replace(page, state=answered) if page.position == position else page for page in self.pages])


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What tells whether an answer is the one that is stored."""

    response: int
    idempotency_key: UUID
    body_digest: str


def pages_given(participant: Participant) -> PagesGiven:
    """Return what a participant was given so far."""
    return PagesGiven([PageGiven(*row) for row in _given(participant=participant.pk)])


def pages_with(participant: Participant, key: str) -> tuple[PagesGiven, Assignment | None, StoredAnswer | None]:
    """Return what a participant was given so far, the page with a key among it, and the answer that page has.

    The page knows its participant and trial, and nothing of the times of its reservation.
    """
    rows = _with(participant=participant.pk, key=key)
    given = PagesGiven([PageGiven(*row[:_OWN]) for row in rows])
    for position, state, _, found, trial, presented, counts, response, idempotency_key, digest in rows:
        if found is not None:
            values = (found, participant.pk, trial, key, position, presented, state, counts)
            page = Assignment.from_db(connection.alias, _PAGE, values)
            page.participant, page.trial = participant, trial_of(participant.version, trial)
            stored = StoredAnswer(response, idempotency_key, digest) if response is not None else None
            return given, page, stored
    return given, None, None


def kinds_left(participant: Participant, given: PagesGiven) -> list[str]:
    """Return the kinds of the pages that a participant has not answered, in the order of their layout.

    The layout follows from the version and the participant's seed. Whatever happened on the way, no check in it is
    passed over: what counts is how many pages of a kind were answered, not when.
    """
    answered = given.answered.copy()
    left = []
    for kind in _layout(participant):
        if answered[kind]:
            answered[kind] -= 1
        else:
            left.append(kind)
    return left


def _layout(participant: Participant) -> list[str]:
    definition = definition_of(participant.version)
    if definition.practice or definition.checks.attention or definition.checks.repeats:
        return lay_out(counts_of(participant.version, definition), seed=participant.seed)
    # Trials may be fewer; whoever has answered them all finds no other one.
    return [ORDINARY] * definition.allocation.trials_per_participant


_of_kind = Rows(
    lambda: (
        Trial.objects.filter(version_id=Parameter("version"))
        .order_by()
        .values_list("check_kind")
        .annotate(n=Count("pk"))
    )
)
_OWN = 3
"""Columns of a row that make a `PageGiven`."""
_PAGE = ["id", "participant_id", "trial_id", "key", "position", "presented", "state", "counts"]


def _pages() -> QuerySet[Assignment, Any]:
    pages = Assignment.objects.filter(participant_id=Parameter("participant")).order_by()
    return pages.values_list("position", "state", "trial__check_kind")


def _of_the_page(column: str) -> Case:
    """Return a column of the page with the key; of all others null, which nobody has to read or convert."""
    return Case(When(key=Parameter("key"), then=F(column)))


_given = Rows(_pages)
_with = Rows(
    lambda: _pages().values_list(
        "position",
        "state",
        "trial__check_kind",
        _of_the_page("pk"),
        _of_the_page("trial_id"),
        _of_the_page("presented"),
        _of_the_page("counts"),
        _of_the_page("response__pk"),
        _of_the_page("response__idempotency_key"),
        _of_the_page("response__body_digest"),
    )
)
