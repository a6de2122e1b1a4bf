"""Prolific: the ids in its links, its way back, and its export of a study's submissions (the CSV of demographic data).

Prolific has renamed its columns more than once (`session_id`, then `Submission id`; `entered_code`, then `Completion
code`), so older names are known too.
"""

from datetime import UTC, datetime
from pathlib import Path

from annotations.design.submissions import Standing, Submission
from annotations.platforms.base import Platform
from annotations.platforms.submission_list import Columns, SubmissionList, standing_in

COLUMNS: Columns = {
    "submission": ("Submission id", "session_id"),
    "participant": ("Participant id", "Prolific id", "PROLIFIC_PID"),
    "status": ("Status",),
    "code": ("Completion code", "entered_code", "Study code"),
    "started": ("Started at", "started_datetime"),
    "completed": ("Completed at", "completed_date_time"),
    "taken": ("Time taken",),
    "bonus": ("Bonus", "Bonus payments", "Bonuses"),
}

STANDINGS = {
    "APPROVED": Standing.PAID,
    "PARTIALLY APPROVED": Standing.PAID,
    "AWAITING REVIEW": Standing.WAITING,
    "ACTIVE": Standing.OPEN,
    "RESERVED": Standing.OPEN,
    "PROCESSING": Standing.OPEN,
    "RETURNED": Standing.RETURNED,
    "TIMED OUT": Standing.TIMED_OUT,
    "REJECTED": Standing.REJECTED,
    "SCREENED OUT": Standing.SCREENED_OUT,
}


class Prolific(Platform):
    """Participants come with their Prolific id and go back with a code that the study there knows."""

    name = "prolific"
    title = "Prolific"
    id_parameter = "PROLIFIC_PID"
    details = ("STUDY_ID", "SESSION_ID")
    session = "SESSION_ID"
    return_url = "https://app.prolific.com/submissions/complete?cc={code}"
    has_fixed_code = True

    def read_submissions(self, path: Path) -> list[Submission]:
        """Return the submissions of an export."""
        mend = "Take the file as Prolific exports it, under Download demographic data"
        return SubmissionList(self.title, COLUMNS, STANDINGS, _moment, mend).read(path)


def standing(status: str) -> Standing:
    """Return what a status means, however it is written.

    >>> standing("TIMED-OUT"), standing("timed_out"), standing("Archived")
    (<Standing.TIMED_OUT: 'timed out'>, <Standing.TIMED_OUT: 'timed out'>, <Standing.UNKNOWN: 'unknown'>)
    """
    return standing_in(STANDINGS, status)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no time") from None
    # Prolific writes UTC.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


PLATFORM = Prolific()
