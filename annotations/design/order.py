"""The order in which the clips of a trial are shown: random for each person, and balanced."""

from itertools import permutations

import numpy as np

# Up to four clips have at most 24 orders, few enough that a person meets each about equally often.
MOST_CLIPS_BALANCED = 4


def presented_order(*, seed: int, page: int, n_clips: int) -> list[int]:
    """Return the slots 0…n_clips − 1 in screen order for a person's page (from 0).

    Up to four clips, every run of n_clips! pages shows each possible order once, in an order of its own that
    depends on `seed`; so each slot is on each place of the screen equally often, and no preference for a place
    can look like one for a slot. With more clips each page's order is drawn by itself.

    >>> presented_order(seed=1, page=0, n_clips=1)
    [0]
    >>> sorted(presented_order(seed=1, page=page, n_clips=2) for page in range(2))
    [[0, 1], [1, 0]]
    """
    if n_clips > MOST_CLIPS_BALANCED:
        drawn = np.random.default_rng([seed, n_clips, page]).permutation(n_clips)
        return [int(slot) for slot in drawn]
    orders = list(permutations(range(n_clips)))
    run, place = divmod(page, len(orders))
    shuffled = np.random.default_rng([seed, n_clips, run]).permutation(len(orders))
    return list(orders[shuffled[place]])
