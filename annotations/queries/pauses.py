"""How long a participant has been away."""

from datetime import datetime, timedelta

from django.db.models import Max

from annotations.models import Participant
from annotations.study_file.schema import StudyDefinition


def reminder_due(
    participant: Participant, definition: StudyDefinition, now: datetime, last_answer: datetime | None
) -> bool:
    """Tell whether someone at the trials was away so long that they should read the instructions again.

    What counts is the time since their last answer or step; of someone who has neither, since their consent. Steps are
    looked up only where the answer alone would be too long ago: at nearly every page it is not.
    """
    if not definition.remind_after_minutes:
        return False
    long_ago = now - timedelta(minutes=definition.remind_after_minutes)
    if last_answer is not None and last_answer >= long_ago:
        return False
    last = participant.steps.aggregate(last=Max("done_at"))["last"] or last_answer or participant.consented_at
    return last is not None and last < long_ago
