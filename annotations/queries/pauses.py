"""How long a participant has been away."""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from annotations.models import Participant, Response, StepResult
from annotations.study_file.schema import StudyDefinition


def reminder_due(participant: Participant, definition: StudyDefinition, now: datetime) -> bool:
    """Tell whether someone at the trials was away so long that they should read the instructions again.

    What counts is the time since their last answer or step; of someone who has neither, since their consent.
    """
    if not definition.remind_after_minutes:
        return False
    last = _last_seen(participant) or participant.consented_at
    return last is not None and now - last > timedelta(minutes=definition.remind_after_minutes)


def _last_seen(participant: Participant) -> datetime | None:
    """Return when the participant last answered a page or took a step, in one query."""
    answers = Response.objects.filter(assignment__participant=OuterRef("pk")).order_by("-answered_at")
    taken = StepResult.objects.filter(participant=OuterRef("pk")).order_by("-done_at")
    seen = Participant.objects.filter(pk=participant.pk).values_list(
        Subquery(answers.values("answered_at")[:1]), Subquery(taken.values("done_at")[:1])
    )
    return max((time for time in seen.get() if time is not None), default=None)
