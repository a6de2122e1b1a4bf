"""The designs by the names that study files use."""

from annotations.models import Assignment, StudyVersion
from annotations.services.allocation.adaptive import Adaptive
from annotations.services.allocation.blocks import Blocks
from annotations.services.allocation.design import Design
from annotations.services.allocation.latin import Latin
from annotations.services.allocation.least_filled import LeastFilled
from annotations.services.allocation.room import is_rating
from annotations.study_file.schema import definition_of

DESIGNS: dict[str, Design] = {
    "least_filled": LeastFilled(),
    "blocks": Blocks(),
    "latin": Latin(),
    "adaptive": Adaptive(),
}


def design_of(version: StudyVersion) -> Design:
    """Return how a version's trials come to participants."""
    return DESIGNS[definition_of(version).allocation.design]


def take_late_room(page: Assignment) -> bool:
    """Count an answer that comes after its reservation had ended, if it can be; tell whether it counts.

    Call inside a transaction, with the page locked.
    """
    if not is_rating(page):
        return False
    # Whoever timed out has had the ratings given to others, if the study reopens them.
    if page.participant.stage in definition_of(page.participant.version).allocation.reopen:
        return False
    return design_of(page.participant.version).take_late_room(page)
