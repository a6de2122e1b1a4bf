"""Who has left a study, by a platform's list: those who returned or timed out, and came with no other submission."""

from collections import defaultdict
from collections.abc import Sequence

from annotations.design.submissions import LEFT, Standing, Stored, Submission


def left_by_list(submissions: Sequence[Submission], stored: Sequence[Stored]) -> dict[str, Standing]:
    """Return by participant key who has left, and how: everyone all of whose submissions were left.

    Whoever returned one submission and timed out with another has returned. Those who are done here are not among
    them: their answers are whole, and a person should look at them.
    """
    standings: defaultdict[str, set[Standing]] = defaultdict(set)
    for submission in submissions:
        standings[submission.participant].add(submission.standing)
    left = {}
    for one in stored:
        theirs = standings.get(one.participant, set())
        if theirs and theirs <= set(LEFT) and not one.done:
            left[one.key] = Standing.RETURNED if Standing.RETURNED in theirs else Standing.TIMED_OUT
    return left
