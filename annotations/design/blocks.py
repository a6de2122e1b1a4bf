"""Fixed sets of trials, one for each participant: alike in size and in what they are made of."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import ceil

import numpy as np
import numpy.typing as npt

from annotations.design.clips import Draw

Strata = Sequence[Sequence[str]]
"""What each trial is of, from the coarsest to the finest, such as (task, word)."""


def make_blocks(strata: Strata, *, size: int, seed: int, apart: Sequence[str] = ()) -> list[int]:
    """Return the block (0, 1, …) of each trial; no block is larger than `size` (≥ 1).

    There are as few blocks as that allows. Blocks differ by at most one trial in size and in the number of trials of
    each stratum, on every level. `apart` says for each trial what no block should hold twice, such as its context
    (empty: nothing): those trials too are spread over the blocks within one. Apart from that, chance decides.

    >>> make_blocks([["yeah"], ["mhm"], ["yeah"], ["mhm"]], size=2, seed=0)
    [1, 1, 0, 0]
    >>> make_blocks([["yeah"], ["mhm"], ["yeah"], ["mhm"]], size=2, seed=0, apart=["a", "a", "b", "b"])
    [1, 0, 0, 1]
    """
    n_blocks = ceil(len(strata) / size)
    chance = Draw(seed)
    repeated = [label for label, count in Counter(apart).items() if label and count > 1]
    if repeated:
        return _spread([*_groups(strata), *_members(apart, repeated)], len(strata), n_blocks, chance)
    # Like cards that are sorted by suit and dealt one by one.
    keys = chance.keys(len(strata))
    dealt = sorted(range(len(strata)), key=lambda at: (tuple(strata[at]), keys[at]))
    blocks = [0] * len(strata)
    for place, at in enumerate(dealt):
        blocks[at] = place % n_blocks
    return blocks


def _groups(strata: Strata) -> Iterator[list[int]]:
    """Yield the trials of each stratum on each level; all trials first."""
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, levels in enumerate(strata):
        for depth in range(len(levels) + 1):
            found[tuple(levels[:depth])].append(at)
    yield from found.values()


def _members(apart: Sequence[str], labels: Sequence[str]) -> Iterator[list[int]]:
    for label in labels:
        yield [at for at, one in enumerate(apart) if one == label]


def _spread(groups: Sequence[Sequence[int]], n_trials: int, n_blocks: int, chance: Draw) -> list[int]:
    """Return blocks in each of which every group has its share of trials, rounded up or down.

    One block after the other is filled at the least cost, costs being random. Strata lie within each other, and what
    is to be apart does not overlap; so the constraints are those of a flow, which has a solution in whole numbers
    wherever it has one at all (Hoffman and Kruskal 1956), and a fair share of every trial is one.
    """
    belongs = np.zeros((len(groups), n_trials))
    for row, group in enumerate(groups):
        belongs[row, list(group)] = 1
    cost = chance.keys(n_trials * n_blocks).astype(np.float64).reshape(n_blocks, n_trials) / 2.0**64
    blocks = np.full(n_trials, -1)
    for block in range(n_blocks):
        free = np.flatnonzero(blocks < 0)
        blocks[free[_share(belongs[:, free], n_blocks - block, cost[block, free])]] = block
    return [int(block) for block in blocks]


def _share(belongs: npt.NDArray[np.float64], blocks_left: int, cost: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return which trials make the next block; `belongs` has shape (n_groups, n_trials)."""
    from scipy.optimize import linprog  # slow to import; only planning needs it

    members = belongs.sum(axis=1)
    most, least = np.ceil(members / blocks_left), np.floor(members / blocks_left)
    found = linprog(
        cost, A_ub=np.vstack([belongs, -belongs]), b_ub=np.concatenate([most, -least]), bounds=(0, 1), method="highs-ds"
    )
    return np.asarray(found.x > 0.5, dtype=np.bool_)
