"""A recruiting platform's list of submissions beside what is stored: who should be paid, and where the two differ.

The platform knows who says that they are done and who was paid; the study knows who answered. Each submission gets one
finding and one proposal. Nothing is decided here: `look` means that a person should.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LATE = timedelta(minutes=5)
"""Whoever finishes so long after handing in on the platform did not finish in between."""


class Standing(StrEnum):
    """What the platform's status means for us."""

    PAID = "paid"
    WAITING = "waiting for review"
    OPEN = "still open"
    LEFT = "returned or timed out"
    REJECTED = "rejected"
    SCREENED_OUT = "screened out"
    UNKNOWN = "unknown"


class Action(StrEnum):
    """What is proposed: `return` is to ask the participant to return the submission, which only they can do."""

    NONE = ""
    APPROVE = "approve"
    LOOK = "look"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Submission:
    """A row of the platform's list. `status` as the platform writes it; `taken` in seconds; `code` as entered."""

    submission: str
    participant: str
    status: str
    standing: Standing
    code: str = ""
    started: datetime | None = None
    completed: datetime | None = None
    taken: float | None = None
    bonus: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """A participant as the study knows them.

    `participant`: what the platform calls them; `session`: the submission that they came with, if the link named it;
    `answered` of `wanted` trials; `code`: the completion code they were shown; `excluded`: why, empty if not.
    """

    key: str
    participant: str
    session: str
    stage: str
    done: bool
    answered: int
    wanted: int
    code: str
    arrived: datetime
    finished: datetime | None = None
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One line: a submission, what is stored of the person, or both; what was found; what is proposed.

    `bonus`: what a bonus for the trials answered would be, where someone answered and is not to be paid in full;
    None where there is no such case, or the reward is not known.
    """

    submission: Submission | None
    stored: Stored | None
    finding: str
    action: Action
    bonus: float | None = None


def reconcile(
    submissions: Sequence[Submission], stored: Sequence[Stored], *, reward: float | None = None
) -> list[Reconciled]:
    """Return a line for every submission, in the platform's order, then one for everyone who is not on the list.

    What is stored of a person belongs to the submission that they came with, else to the one that went furthest; any
    other submission of the same person is told apart. `reward`: what a whole submission is paid.
    """
    known = {one.participant: one for one in stored}
    of_person: defaultdict[str, list[Submission]] = defaultdict(list)
    for submission in submissions:
        of_person[submission.participant].append(submission)
    main = {person: _main(theirs, known.get(person)) for person, theirs in of_person.items()}
    lines = []
    for submission in submissions:
        if submission is main[submission.participant]:
            lines.append(_line(submission, known.get(submission.participant), reward))
        else:
            lines.append(_other(submission, main[submission.participant]))
    return lines + [_not_listed(one) for one in stored if one.participant not in of_person]


_FURTHEST = (
    Standing.PAID,
    Standing.WAITING,
    Standing.SCREENED_OUT,
    Standing.REJECTED,
    Standing.OPEN,
    Standing.UNKNOWN,
    Standing.LEFT,
)


def _main(theirs: Sequence[Submission], stored: Stored | None) -> Submission:
    """Return the submission that what is stored belongs to."""
    came_with = [one for one in theirs if stored and stored.session and one.submission == stored.session]
    return min(came_with or theirs, key=lambda one: _FURTHEST.index(one.standing))


def _other(submission: Submission, main: Submission) -> Reconciled:
    if submission.standing is Standing.PAID and main.standing is Standing.PAID:
        return Reconciled(submission, None, f"paid twice: also submission {main.submission}", Action.LOOK)
    settled = submission.standing in (Standing.LEFT, Standing.REJECTED, Standing.PAID)
    finding = f"another submission of the same person: see {main.submission}"
    return Reconciled(submission, None, finding, Action.NONE if settled else Action.LOOK)


def _not_listed(stored: Stored) -> Reconciled:
    if not stored.answered:
        return Reconciled(None, stored, "not on the list, and no answers", Action.NONE)
    what = "all answers stored" if stored.done else f"{stored.answered} of {stored.wanted} answered"
    return Reconciled(None, stored, f"stored, but not on the list: {what}", Action.LOOK)


def _line(submission: Submission, stored: Stored | None, reward: float | None) -> Reconciled:
    finding, action = _PROPOSALS[submission.standing](submission, stored)
    return Reconciled(submission, stored, finding, action, _bonus(submission, stored, reward))


def _bonus(submission: Submission, stored: Stored | None, reward: float | None) -> float | None:
    """Return the reward's share for the trials answered, for people who left and whose answers are of use."""
    if reward is None or stored is None or not stored.answered or submission.standing is not Standing.LEFT:
        return None
    return round(reward * (1.0 if stored.done else min(1.0, stored.answered / max(1, stored.wanted))), 2)


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


_PROPOSALS = {
    Standing.WAITING: _waiting,
    Standing.PAID: _paid,
    Standing.LEFT: _unpaid,
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
