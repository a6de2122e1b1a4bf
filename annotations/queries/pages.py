"""How many pages a participant gets, of which kinds, and what is left of them."""

from collections import Counter

from django.db.models import Count

from annotations.design.checks import ORDINARY, PageCounts, lay_out
from annotations.enums import AssignmentState
from annotations.models import Participant, StudyVersion
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
    of_kind = dict(version.trials.order_by().values_list("check_kind").annotate(n=Count("pk")))
    return page_counts(definition, of_kind, block)


def kinds_left(participant: Participant) -> list[str]:
    """Return the kinds of the pages that a participant has not answered, in the order of their layout.

    The layout follows from the version and the participant's seed. Whatever happened on the way, no check in it is
    passed over: what counts is how many pages of a kind were answered, not when.
    """
    pages = participant.assignments.filter(state=AssignmentState.ANSWERED).order_by()
    answered = Counter(dict(pages.values_list("trial__check_kind").annotate(n=Count("pk"))))
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
