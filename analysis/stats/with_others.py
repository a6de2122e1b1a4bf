"""How far one listener agrees with the others, who are judged without the listener's own answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.figure import NO_JUDGEMENTS, Figure
from analysis.stats.guessing import chance_of_at_least
from analysis.stats.judgements import FloatArray, IntArray, Judgements, category_values
from analysis.stats.statistic import NEARLY_ZERO

NOBODY_ELSE = "nobody else judged the same trials"
CONSTANT = "constant ratings"
FEWEST_PAIRS = 3
TOO_FEW_PAIRS = f"fewer than {FEWEST_PAIRS} ratings of clips that others rated too"


@dataclass(frozen=True, slots=True)
class AgainstGuessing:
    """A figure beside what guessing gives: `expected`, and the one-sided `p` of doing so well by guessing."""

    figure: Figure
    expected: float | None = None
    p: float | None = None


def leave_one_out(judgements: Judgements) -> list[AgainstGuessing]:
    """Return, for each participant, the mean credit of own judgements by the mode of the others'; ties share.

    The mean over all judgements is `ceilings.LeaveOneOut`. A guess earns 1 ÷ K on average whatever the others say:
    where m categories tie, it earns 1 ÷ m with probability m ÷ K, which gives the exact p. Judgements of trials that
    nobody else judged are left out.
    """
    shared = judgements.where(judgements.per_trial[judgements.trial] > 1)
    credit, ties = _credit(shared)
    people = [np.flatnonzero(shared.participant == person) for person in range(judgements.n_participants)]
    given = np.bincount(judgements.participant, minlength=judgements.n_participants)
    return [
        _tested(credit[own], ties[own], judgements.n_categories, int(given[person]))
        for person, own in enumerate(people)
    ]


def _credit(judgements: Judgements) -> tuple[FloatArray, IntArray]:
    """Return what each judgement earns from its trial's others, and how many categories tie among them: (n,) each."""
    others = judgements.counts[judgements.trial]
    at = np.arange(len(judgements)), judgements.choice
    others[at] -= 1
    is_mode = others == others.max(axis=1, keepdims=True, initial=0)
    ties = is_mode.sum(axis=1)
    return is_mode[at] / np.maximum(ties, 1), ties


def _tested(credit: FloatArray, ties: IntArray, n_categories: int, n_given: int) -> AgainstGuessing:
    method = "own judgements against the mode of the trial's other judgements, ties share"
    figure = Figure.undefined(
        NOBODY_ELSE if n_given else NO_JUDGEMENTS, n_trials=len(credit), n_judgements=len(credit), method=method
    )
    if not len(credit):
        return AgainstGuessing(figure)
    p = chance_of_at_least(float(credit.sum()), size=1 / ties, probability=ties / n_categories)
    return AgainstGuessing(figure.with_estimate(float(credit.mean())), 1 / n_categories, p)


def others_mean(judgements: Judgements, values: ArrayLike | None = None) -> FloatArray:
    """Return, for each judgement, the mean of the other judgements of its trial, NaN where there are none: (n,).

    `values` (K,) are the numbers of the categories, 0 … K − 1 by default.
    """
    own = category_values(judgements, values)[judgements.choice]
    total = np.bincount(judgements.trial, own, minlength=judgements.n_trials)[judgements.trial]
    others = judgements.per_trial[judgements.trial] - 1
    return np.where(others > 0, (total - own) / np.maximum(others, 1), np.nan)


def correlation_within(own: ArrayLike, others: ArrayLike, group: Sequence[int] | IntArray) -> Figure:
    """Return Pearson's correlation of own ratings with the others' means after both are centred in each group.

    `own`, `others`: (n,) numbers on one scale, NaN where nobody else rated; `group`: (n,), the question of each.
    """
    x, y = np.asarray(own, dtype=np.float64), np.asarray(others, dtype=np.float64)
    paired = ~(np.isnan(x) | np.isnan(y))
    x, y, of = x[paired], y[paired], np.asarray(group, dtype=np.int64)[paired]
    figure = Figure.undefined(
        TOO_FEW_PAIRS, n_trials=len(x), n_judgements=len(x), method="Pearson's r, centred within question"
    )
    if len(x) < FEWEST_PAIRS:
        return figure if len(paired) else figure.because(NO_JUDGEMENTS)
    x, y = centred(x, of), centred(y, of)
    spread = float(np.sqrt((x**2).sum() * (y**2).sum()))
    if spread <= NEARLY_ZERO:
        return figure.because(CONSTANT)
    return figure.with_estimate(float(np.clip((x * y).sum() / spread, -1, 1)))


def centred(values: FloatArray, group: IntArray) -> FloatArray:
    """Return values less the mean of their group: (n,)."""
    if not len(values):
        return values
    _, at = np.unique(group, return_inverse=True)
    return np.asarray(values - (np.bincount(at, values) / np.bincount(at))[at])
