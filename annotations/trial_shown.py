"""The page of a trial as it is drawn: whole, or the parts that take the place of the page answered before."""

import logging
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from annotations.enums import Check
from annotations.models import Assignment, Participant
from annotations.queries.pages import pages_of
from annotations.queries.participants import answers_so_far
from annotations.queries.steps import instructions_again
from annotations.queries.trial_page import ShownPage, shown_page
from annotations.services.allocation import next_assignment
from annotations.services.going_on import WentOn
from annotations.steps.base import Step
from annotations.visit import Visit
from corpus.addresses import address_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TrialPage:
    """What a page shows: its heading, and the context of its templates."""

    heading: str
    context: dict[str, Any]


def trial_page(visit: Visit, participant: Participant) -> TrialPage | Step | None:
    """Return the page a participant is at, reserved now if need be; None if no trial is left for them.

    After a long pause it is the step that comes first: the instructions. Raises what `next_assignment` raises.
    """
    assignment = next_assignment(participant=participant)
    if assignment is None:
        return None
    so_far = answers_so_far(participant)
    again = instructions_again(participant, visit.definition, timezone.now(), so_far.last_at)
    return again or _drawn(visit, assignment, so_far.pages)


def following_page(visit: Visit, went_on: WentOn) -> dict[str, str] | None:
    """Return the parts of the page that follows an answer: `title` of the window, `progress` and `main` as HTML.

    None where something else follows: a step, the end, a refusal. What cannot be drawn here is told by the page itself,
    when the browser asks for that; the answer is stored and must be acknowledged whatever happens after it.
    """
    if went_on.page is None:
        return None
    try:
        page = _drawn(visit, went_on.page, went_on.recorded.given.answered.total())
        context = page.context | {"heading": page.heading}
        parts = {name: render_to_string(f"annotations/_trial_{name}.html", context) for name in ("progress", "main")}
    except Exception:
        logger.exception("The page after an answer could not be made")
        return None
    return {"title": f"{page.heading} · {visit.title}"} | parts


def _drawn(visit: Visit, assignment: Assignment, answered: int) -> TrialPage:
    """Return what the page of an assignment shows to somebody who has answered so many."""
    pages = pages_of(visit.version)
    number = min(answered + 1, pages)
    practice = assignment.trial.check_kind == Check.PRACTICE
    heading = (_("Practice, page %(number)d of %(pages)d") if practice else _("Page %(number)d of %(pages)d")) % {
        "number": number,
        "pages": pages,
    }
    page = shown_page(assignment, visit.language)
    shown = {"number": number, "pages": pages, "practice": practice, "data": _data(visit, assignment, page)}
    return TrialPage(heading, shown | page.context)


def _data(visit: Visit, assignment: Assignment, page: ShownPage) -> dict[str, Any]:
    """Return what the page's script needs besides its words.

    The idempotency key is this page view's: sent twice, stored once.
    """
    return {
        "assignment": assignment.key,
        "idempotency_key": str(uuid4()),
        "api": address_of("annotations:answers", visit.study.slug),
        "start": address_of("annotations:arrive", visit.study.slug),
        **page.sounds,
    }
