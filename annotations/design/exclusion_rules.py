"""Rules of `exclude:`: what each looks at in one participant's answers, and what it says when it is broken.

A rule returns the reason for an exclusion, with the figure, or None. Nothing is judged on what is not known: whoever
saw no attention trial has failed none, and a share of a handful of trials is no share.
"""

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from annotations.questions.base import Given

FEWEST_TRIALS = 5
"""A share of the same answer is taken over at least so many trials: one answer is always its own like."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the rules look at. Practice is in none of it; checks are in the attention trials only.

    `attention_failed` of `attention_given`: attention trials answered, and those with an answer off their key.
    `rt_ms`: response times where they are known. `answers`: by question, the answer to each trial as it stood on the
    screen (`on_screen`). `implausible` of `answered`: ordinary trials answered, and those answered sooner than their
    sounds can be heard.
    """

    attention_given: int = 0
    attention_failed: int = 0
    rt_ms: Sequence[float] = ()
    answers: Mapping[str, Sequence[Hashable]] = field(default_factory=dict)
    answered: int = 0
    implausible: int = 0


def attention_failed(evidence: Evidence, *, more_than: int) -> str | None:
    """Exclude who failed more than so many attention trials."""
    if evidence.attention_failed <= more_than:
        return None
    failed, given = evidence.attention_failed, evidence.attention_given
    return f"failed {failed} of {given} attention trials, more than {more_than}"


def median_too_quick(evidence: Evidence, *, below_ms: float) -> str | None:
    """Exclude whose median response time is below so many milliseconds."""
    if not evidence.rt_ms:
        return None
    median = float(np.median(evidence.rt_ms))
    if median >= below_ms:
        return None
    # Rounded down, so that the figure never reads like the limit.
    return f"median response time {math.floor(10 * median) / 10:g} ms is below {below_ms:g} ms"


def same_answer(evidence: Evidence, *, share_above: float) -> str | None:
    """Exclude who gave the same answer to a question in more than this share (0 to 1) of the trials.

    The question with the largest share is the one that counts. The same means the same on the screen: always the
    first clip, or always the same row of ratings.
    """
    most = {
        question: Counter(answers).most_common(1)[0][1]
        for question, answers in sorted(evidence.answers.items())
        if len(answers) >= FEWEST_TRIALS
    }
    shares = {question: count / len(evidence.answers[question]) for question, count in most.items()}
    worst = max(shares, key=shares.__getitem__, default=None)
    if worst is None or shares[worst] <= share_above:
        return None
    trials = len(evidence.answers[worst])
    return f"the same answer to {worst} in {most[worst]} of {trials} trials, more than {100 * share_above:g} %"


def implausible(evidence: Evidence, *, share_above: float) -> str | None:
    """Exclude who answered more than this share (0 to 1) of the trials sooner than their sounds can be heard."""
    wrong, answered = evidence.implausible, evidence.answered
    if answered < FEWEST_TRIALS or wrong / answered <= share_above:
        return None
    return f"{wrong} of {answered} answers came sooner than their sounds take, more than {100 * share_above:g} %"


def on_screen(given: Sequence[Given], presented: Sequence[int]) -> Hashable | None:
    """Return the answer to one question as it stood on the screen, so that two of them can be compared.

    A chosen clip is the place it was shown at: slots are shuffled, and whoever always presses the first button
    chooses each slot equally often. None where that cannot be told: free text, or an order that is not known.

    >>> on_screen([Given(chosen_slot=2)], presented=[2, 0, 1])
    0
    >>> on_screen([Given(slot=0, value=1.0), Given(slot=1, value=5.0)], presented=[1, 0])
    (5.0, 1.0)
    """
    if not given or any(one.value is None and one.chosen_slot is None for one in given):
        return None
    if given[0].chosen_slot is not None:
        return list(presented).index(given[0].chosen_slot) if presented else None
    by_slot = {one.slot: one.value for one in given if one.slot is not None}
    return tuple(by_slot.get(slot) for slot in presented or sorted(by_slot)) if by_slot else given[0].value
