"""A recruiting platform's list of submissions beside what is stored: who should be paid, and where the two differ.

The platform knows who says that they are done and who was paid; the study knows who answered. Each submission gets one
finding and one proposal.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from annotations.design.proposals import propose
from annotations.design.submissions import LEFT, Action, Standing, Stored, Submission


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
    *LEFT,
)


def _main(theirs: Sequence[Submission], stored: Stored | None) -> Submission:
    """Return the submission that what is stored belongs to."""
    came_with = [one for one in theirs if stored and stored.session and one.submission == stored.session]
    return min(came_with or theirs, key=lambda one: _FURTHEST.index(one.standing))


def _other(submission: Submission, main: Submission) -> Reconciled:
    if submission.standing is Standing.PAID and main.standing is Standing.PAID:
        return Reconciled(submission, None, f"paid twice: also submission {main.submission}", Action.LOOK)
    settled = submission.standing in (*LEFT, Standing.REJECTED, Standing.PAID)
    finding = f"another submission of the same person: see {main.submission}"
    return Reconciled(submission, None, finding, Action.NONE if settled else Action.LOOK)


def _not_listed(stored: Stored) -> Reconciled:
    if not stored.answered:
        return Reconciled(None, stored, "not on the list, and no answers", Action.NONE)
    what = "all answers stored" if stored.done else f"{stored.answered} of {stored.wanted} answered"
    return Reconciled(None, stored, f"stored, but not on the list: {what}", Action.LOOK)


def _line(submission: Submission, stored: Stored | None, reward: float | None) -> Reconciled:
    finding, action = propose(submission, stored)
    return Reconciled(submission, stored, finding, action, _bonus(submission, stored, reward))


def _bonus(submission: Submission, stored: Stored | None, reward: float | None) -> float | None:
    """Return the reward's share for the trials answered, for people who left and whose answers are of use."""
    if reward is None or stored is None or not stored.answered or submission.standing not in LEFT:
        return None
    return round(reward * (1.0 if stored.done else min(1.0, stored.answered / max(1, stored.wanted))), 2)
