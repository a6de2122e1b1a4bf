"""Fixed sets of trials."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.design.blocks import make_blocks

STRATA = st.lists(st.sampled_from(["mhm", "yeah", "right", ""]), min_size=1, max_size=80)


@given(STRATA, st.integers(1, 25), st.integers(0, 2**32))
def test_blocks_are_alike_in_size_and_strata(strata: list[str], size: int, seed: int) -> None:
    blocks = make_blocks([(stratum,) for stratum in strata], size=size, seed=seed)
    sizes = Counter(blocks)
    assert set(sizes) == set(range(-(-len(strata) // size)))
    assert max(sizes.values()) <= size
    assert max(sizes.values()) - min(sizes.values()) <= 1
    for stratum in set(strata):
        of_block = Counter(block for block, one in zip(blocks, strata, strict=True) if one == stratum)
        counts = [of_block[block] for block in sizes]
        assert max(counts) - min(counts) <= 1


def test_the_reference_study_has_twenty_blocks_of_twenty_one() -> None:
    """420 trials of 40 contexts: each context once in a block, each slot true as often in all blocks."""
    contexts = [f"context-{at % 40}" for at in range(420)]
    strata = [("contextual", "", str(at % 3)) for at in range(420)]
    blocks = make_blocks(strata, size=21, seed=1, apart=contexts)
    assert set(Counter(blocks).values()) == {21}
    assert set(Counter(zip(blocks, contexts, strict=True)).values()) == {1}
    assert set(Counter(zip(blocks, strata, strict=True)).values()) == {7}


TRIALS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.sampled_from(["", *"123456"])), min_size=1, max_size=60
)


@settings(deadline=None, max_examples=60)
@given(TRIALS, st.integers(1, 25), st.integers(0, 2**32))
def test_whatever_is_to_be_apart_is_spread_within_one(trials: list[tuple[str, str, str]], size: int, seed: int) -> None:
    """So no block has it twice where there are as many blocks as trials of it; strata stay alike on both levels."""
    blocks = make_blocks([each[:2] for each in trials], size=size, seed=seed, apart=[each[2] for each in trials])
    n_blocks = -(-len(trials) // size)
    groups = [[each[:depth] for each in trials] for depth in range(3)]
    groups.append([each[2:] if each[2] else (f"alone {at}",) for at, each in enumerate(trials)])
    for group in groups:
        of_block = Counter(zip(group, blocks, strict=True))
        for one in set(group):
            counts = [of_block[one, block] for block in range(n_blocks)]
            assert max(counts) - min(counts) <= 1


def test_chance_decides_what_is_in_a_block() -> None:
    strata = [("mhm",)] * 40
    contexts = [f"context-{at % 10}" for at in range(40)]
    assert make_blocks(strata, size=10, seed=1) == make_blocks(strata, size=10, seed=1)
    assert make_blocks(strata, size=10, seed=1) != make_blocks(strata, size=10, seed=2)
    spread = [make_blocks(strata, size=10, seed=seed, apart=contexts) for seed in (1, 1, 2)]
    assert spread[0] == spread[1] != spread[2]
