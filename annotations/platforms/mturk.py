"""Amazon Mechanical Turk: an ExternalQuestion in a frame, and the CSV of a batch's results.

MTurk shows the study in a frame and adds workerId, assignmentId, hitId and turkSubmitTo to its address; before a worker
has accepted, assignmentId is ASSIGNMENT_ID_NOT_AVAILABLE. Work is handed in by a form that is posted to turkSubmitTo.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from annotations.design.submissions import Standing, Submission
from annotations.platforms.base import Platform, WayBack
from annotations.platforms.submission_list import Columns, SubmissionList

PREVIEW = "ASSIGNMENT_ID_NOT_AVAILABLE"
# Nothing is ever posted anywhere else.
SUBMIT_HOSTS = ("https://www.mturk.com", "https://workersandbox.mturk.com")
CODE_FIELD = "surveycode"

COLUMNS: Columns = {
    "submission": ("AssignmentId",),
    "participant": ("WorkerId",),
    "status": ("AssignmentStatus",),
    "code": (f"Answer.{CODE_FIELD}", "Answer.code"),
    "started": ("AcceptTime",),
    "completed": ("SubmitTime",),
    "taken": ("WorkTimeInSeconds",),
}
# Whoever returns an assignment, or lets its time run out, is on no list.
STANDINGS = {"SUBMITTED": Standing.WAITING, "APPROVED": Standing.PAID, "REJECTED": Standing.REJECTED}
# MTurk writes the time of Seattle.
ZONES = {"PST": timedelta(hours=8), "PDT": timedelta(hours=7), "UTC": timedelta(0), "GMT": timedelta(0)}


class MTurk(Platform):
    """Workers come in a frame, which passes no cookies on, so the study opens in a window of its own."""

    name = "mturk"
    title = "MTurk"
    id_parameter = "workerId"
    details = ("assignmentId", "hitId", "turkSubmitTo")
    session = "assignmentId"
    framed_by = ("https://*.mturk.com",)

    def is_preview(self, given: Mapping[str, str]) -> bool:
        """Tell whether no assignment was accepted yet."""
        return given.get(self.session) == PREVIEW

    def way_back(self, return_url: str, *, code: str, person: str, details: Mapping[str, str]) -> WayBack | None:
        """Return the form that hands the assignment in; None where MTurk did not say which, or where to."""
        host, assignment = submit_host(details.get("turkSubmitTo", "")), details.get("assignmentId", "")
        if not host or assignment in ("", PREVIEW):
            return None
        return WayBack(f"{host}/mturk/externalSubmit", host, {"assignmentId": assignment, CODE_FIELD: code})

    def tells_outcome(self, return_url: str) -> bool:
        """Tell that the form carries the code."""
        return True

    def read_submissions(self, path: Path) -> list[Submission]:
        """Return the assignments of a batch's results."""
        mend = "Take the file as MTurk gives it, under Download CSV of the batch's results"
        return SubmissionList(self.title, COLUMNS, STANDINGS, moment, mend).read(path)


def submit_host(turk_submit_to: str) -> str:
    """Return the host that work is handed in at, if it is one of MTurk's; empty if not.

    >>> submit_host("https://workersandbox.mturk.com/"), submit_host("https://www.mturk.com.evil.example")
    ('https://workersandbox.mturk.com', '')
    """
    host = turk_submit_to.rstrip("/")
    return host if host in SUBMIT_HOSTS else ""


def moment(text: str) -> datetime | None:
    """Return a time as MTurk writes it.

    >>> moment("Fri Mar 10 09:12:34 PST 2017").isoformat()
    '2017-03-10T17:12:34+00:00'
    """
    if not text:
        return None
    words = text.split()
    try:
        zone = ZONES[words.pop(4)]
        local = datetime.strptime(" ".join(words), "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except (IndexError, KeyError, ValueError):
        raise ValueError(f"{text!r} is no time as MTurk writes it") from None
    return local + zone


PLATFORM = MTurk()
