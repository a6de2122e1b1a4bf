"""How many pages a participant gets, of which kinds, and what is left of them."""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass

from django.db.models import Count

from annotations.design.checks import ORDINARY, PageCounts, lay_out
from annotations.enums import AssignmentState
from annotations.frozen import remembered
from annotations.models import Assignment, Participant, StudyVersion, Trial
from annotations.queries.prepared import Parameter, Rows
from annotations.queries.studies import ordinary_trials
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
class PagesGiven:
    """What a participant was given so far: answered pages of each kind, kinds that expired, the next page's number."""

    answered: Counter[str]
    expired: Set[str]
    is_held: bool
    next_position: int


def pages_given(participant: Participant) -> PagesGiven:
    """Return what a participant was given so far. `is_held`: a page is reserved for them."""
    rows = [tuple(row) for row in _given(participant=participant.pk)]
    return PagesGiven(
        answered=Counter(kind for state, _, kind in rows if state == AssignmentState.ANSWERED),
        expired={kind for state, _, kind in rows if state == AssignmentState.EXPIRED},
        is_held=any(state == AssignmentState.RESERVED for state, _, _ in rows),
        next_position=max((position for _, position, _ in rows), default=-1) + 1,
    )


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
_given = Rows(
    lambda: (
        Assignment.objects.filter(participant_id=Parameter("participant"))
        .order_by()
        .values_list("state", "position", "trial__check_kind")
    )
)
