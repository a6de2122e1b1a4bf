"""An adaptive study simulated: who is asked what, in the order of the allocation, and what they answer.

One person after another judges `each` triads. As in `annotations.services.allocation.adaptive`, every 1/share-th page
is of the random share, made of the first trials in an order of the person's own that is settled before anything else;
the others go to the highest priority among the rest, the least filled first. Priorities are worked out anew with
every tenth page. Simplified: nobody works at the same time as another, nobody leaves, and a trial has room for all.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.stats.judgements import BoolArray, FloatArray, IntArray, Judgements

Policy = Callable[[FloatArray], FloatArray]
"""From the judgements so far, (n_trials, K), to the priority of each trial: (n_trials,)."""
EVERY = 10  # pages between two workings out of priorities


@dataclass(frozen=True, slots=True)
class Asked:
    """Judgements in the order in which they were given, and which of them are of the random share: (n,)."""

    judgements: Judgements
    random: BoolArray

    def first(self, n: int) -> "Asked":
        """Return the first n."""
        return Asked(self.judgements.where(np.arange(len(self.judgements)) < n), self.random[:n])


def balanced(counts: FloatArray) -> FloatArray:
    """No priorities: the least filled trials first, as in the design without policies."""
    return np.zeros(len(counts))


def ask(
    chances: FloatArray, policy: Policy, rng: np.random.Generator, *, each: int, random_share: float, every: int = EVERY
) -> Asked:
    """Let people answer: `chances` (n_people, n_trials, K) are the probabilities of each one's choices.

    Raises `ValueError` where a person would have to judge a triad twice.
    """
    n_people, n_trials, n_slots = chances.shape
    if each > n_trials:
        raise ValueError(f"{each} triads a person of {n_trials}: nobody judges a triad twice")
    counts = np.zeros((n_trials, n_slots))
    trial, choice = np.zeros((2, n_people * each), dtype=np.int64)
    random = np.zeros(n_people * each, dtype=bool)
    at = 0
    for person in range(n_people):
        session = _Session(rng, n_trials, each, random_share)
        for page in range(each):
            if page % every == 0:
                priority = policy(counts)
            random[at] = session.is_random(page)
            trial[at] = session.next_random() if random[at] else session.foremost(priority, counts.sum(axis=1))
            session.open[trial[at]] = False
            below = chances[person, trial[at], :-1].cumsum()
            choice[at] = (rng.random() > below).sum()
            counts[trial[at], choice[at]] += 1
            at += 1
    who = np.repeat(np.arange(n_people), each)
    return Asked(Judgements(trial, who, choice, n_trials, n_people, n_slots), random)


class _Session:
    """What one person has still open, and which of it is kept for the random share."""

    def __init__(self, rng: np.random.Generator, n_trials: int, each: int, share: float) -> None:
        self.rng, self.share, self.phase = rng, share, float(rng.random())
        self.open = np.ones(n_trials, dtype=bool)
        self.kept = np.zeros(n_trials, dtype=bool)
        self.own: IntArray = rng.permutation(n_trials)[: self._until(each)]
        self.kept[self.own] = True
        self.drawn = 0

    def _until(self, n: int) -> int:
        return math.floor(n * self.share + self.phase)

    def is_random(self, page: int) -> bool:
        return self._until(page + 1) > self._until(page)

    def next_random(self) -> int:
        self.drawn += 1
        return int(self.own[self.drawn - 1])

    def foremost(self, priority: FloatArray, filled: FloatArray) -> int:
        """Return one of the least filled of the open trials with the highest priority."""
        free = np.flatnonzero(self.open & ~self.kept)
        best = free[priority[free] == priority[free].max()]
        tied = best[filled[best] == filled[best].min()]
        return int(tied[self.rng.integers(len(tied))])
