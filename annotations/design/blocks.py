"""Fixed sets of trials, one for each participant: alike in size and in what they are made of."""

from collections.abc import Sequence

from annotations.design.clips import Draw


def make_blocks(strata: Sequence[str], *, size: int, seed: int) -> list[int]:
    """Return the block (0, 1, …) of each trial, given the stratum of each; no block is larger than `size` (≥ 1).

    There are as few blocks as that allows. Blocks differ by at most one trial in size and in the number of trials of
    each stratum; apart from that, chance decides.

    >>> make_blocks(["yeah", "mhm", "yeah", "mhm"], size=2, seed=0)
    [1, 1, 0, 0]
    """
    n_blocks = -(-len(strata) // size)
    chance = Draw(seed).keys(len(strata))
    # Like cards that are sorted by suit and dealt one by one.
    dealt = sorted(range(len(strata)), key=lambda at: (strata[at], chance[at]))
    blocks = [0] * len(strata)
    for place, at in enumerate(dealt):
        blocks[at] = place % n_blocks
    return blocks
