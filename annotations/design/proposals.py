"""What to do about one submission. `look` means that a person should decide; nothing is rejected here."""

from datetime import timedelta

from annotations.design.submissions import Action, Standing, Stored, Submission

LATE = timedelta(minutes=5)
"""Whoever finishes so long after handing in on the platform was not done when handing in."""


def propose(submission: Submission, stored: Stored | None) -> tuple[str, Action]:
    """Return what was found of a submission and of what is stored of the same person, and what is proposed."""
    return _OF[submission.standing](submission, stored)


def _waiting(submission: Submission, stored: Stored | None) -> tuple[str, Action]:
    if stored is None:
        if _no_code(submission):
            return "nothing is stored, and no code was entered", Action.RETURN
        return f"nothing is stored, though the code {submission.code} was entered", Action.LOOK
    if not stored.done:
        return _unfinished(submission, stored)
    if stored.excluded:
        return f"all answers stored, but excluded: {stored.excluded}", Action.LOOK
    if _after(submission, stored):
        return f"finished here {_after(submission, stored)} min after handing in there", Action.LOOK
    if _no_code(submission):
        return f"all answers stored; the code {stored.code} was not entered", Action.APPROVE
    if submission.code != stored.code:
        return f"all answers stored, but the code is {submission.code} instead of {stored.code}", Action.LOOK
    return "all answers stored", Action.APPROVE


def _unfinished(submission: Submission, stored: Stored) -> tuple[str, Action]:
    reached = f"{stored.answered} of {stored.wanted} answered ({stored.stage})"
    if stored.code and submission.code == stored.code:
        # Screened out, declined or failed: the study has told them so, and the code says what was promised.
        return f"{reached}, with the code {stored.code} that they were given", Action.LOOK
    if not _no_code(submission):
        return f"{reached}, though the code {submission.code} was entered", Action.LOOK
    return reached, Action.RETURN


def _paid(submission: Submission, stored: Stored | None) -> tuple[str, Action]:
    if stored is None:
        return "paid, but nothing is stored", Action.LOOK
    if not stored.done:
        return f"paid, but {stored.answered} of {stored.wanted} answered ({stored.stage})", Action.LOOK
    if stored.excluded:
        return f"paid and stored; excluded: {stored.excluded}", Action.NONE
    if not _no_code(submission) and submission.code != stored.code:
        return f"paid and stored, but the code is {submission.code} instead of {stored.code}", Action.LOOK
    return "paid and stored", Action.NONE


def _unpaid(submission: Submission, stored: Stored | None) -> tuple[str, Action]:
    status = submission.status.lower()
    if stored is None or not stored.answered:
        return f"{status}, and no answers", Action.NONE
    if not stored.done:
        return f"{status}, with {stored.answered} of {stored.wanted} answered", Action.NONE
    why = f"; excluded: {stored.excluded}" if stored.excluded else ""
    return f"stored, but not paid ({status}): all answers stored{why}", Action.LOOK


def _open(submission: Submission, stored: Stored | None) -> tuple[str, Action]:
    if stored is not None and stored.done:
        return "all answers stored, not handed in there yet", Action.LOOK
    return f"{submission.status.lower()}: not finished yet", Action.NONE


def _screened_out(submission: Submission, stored: Stored | None) -> tuple[str, Action]:
    if stored is not None and stored.done:
        return "screened out there, but all answers are stored", Action.LOOK
    return "screened out", Action.NONE


def _unknown(submission: Submission, stored: Stored | None) -> tuple[str, Action]:
    return f"the status {submission.status!r} is not known here", Action.LOOK


_OF = {
    Standing.WAITING: _waiting,
    Standing.PAID: _paid,
    Standing.RETURNED: _unpaid,
    Standing.TIMED_OUT: _unpaid,
    Standing.REJECTED: _unpaid,
    Standing.OPEN: _open,
    Standing.SCREENED_OUT: _screened_out,
    Standing.UNKNOWN: _unknown,
}


def _no_code(submission: Submission) -> bool:
    """Tell whether none was entered; Prolific writes NOCODE."""
    return submission.code.upper() in ("", "NOCODE")


def _after(submission: Submission, stored: Stored) -> int:
    """Return how many minutes somebody finished here after handing in there; 0 within what is usual."""
    if stored.finished is None or submission.completed is None:
        return 0
    later = stored.finished - submission.completed
    return round(later.total_seconds() / 60) if later > LATE else 0
