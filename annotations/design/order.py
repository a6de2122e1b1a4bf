"""The order in which the clips of a trial are shown: random for each person, balanced over pages and over people."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import permutations
from math import factorial

import numpy as np

# Up to four clips have at most 24 orders, few enough that a person meets each about equally often.
MOST_CLIPS_BALANCED = 4


def presented_order(*, seed: int, page: int, n_clips: int, shown: Sequence[Sequence[int]] = ()) -> list[int]:
    """Return the slots 0…n_clips − 1 in screen order for a person's page (from 0).

    `shown` are the orders in which others saw the trial. Up to four clips, the order is one of those that keep each
    slot of the trial equally often at each place of the screen, as nearly as possible; among these it is the one whose
    turn it is for the person: every run of n_clips! pages has each possible order once, in an order of its own that
    depends on `seed`. So no preference for a place can look like one for a slot, of a trial or of a person. With more
    clips each page's order is drawn by itself.

    >>> presented_order(seed=1, page=0, n_clips=1)
    [0]
    >>> sorted(presented_order(seed=1, page=page, n_clips=2) for page in range(2))
    [[0, 1], [1, 0]]
    >>> presented_order(seed=1, page=0, n_clips=2, shown=[[1, 0]])
    [0, 1]
    """
    if n_clips > MOST_CLIPS_BALANCED:
        drawn = np.random.default_rng([seed, n_clips, page]).permutation(n_clips)
        return [int(slot) for slot in drawn]
    run, place = divmod(page, factorial(n_clips))
    orders = _shuffled(seed, n_clips, run)
    turns = orders[place:] + orders[:place]
    times = Counter((place, slot) for order in shown for place, slot in enumerate(order))
    return list(min(turns, key=lambda order: _repetition(order, times)))


@lru_cache(maxsize=4096)
def _shuffled(seed: int, n_clips: int, run: int) -> tuple[tuple[int, ...], ...]:
    """Return all orders in an order of the person's own, for one run of pages, which come one by one."""
    orders = list(permutations(range(n_clips)))
    return tuple(orders[at] for at in np.random.default_rng([seed, n_clips, run]).permutation(len(orders)))


def _repetition(order: Iterable[int], times: Counter[tuple[int, int]]) -> int:
    """Return how often the slots were at their places of this order before: least keeps all most alike."""
    return sum(times[place, slot] for place, slot in enumerate(order))
