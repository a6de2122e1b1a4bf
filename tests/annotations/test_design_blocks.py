"""Fixed sets of trials."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from annotations.design.blocks import make_blocks

STRATA = st.lists(st.sampled_from(["mhm", "yeah", "right", ""]), min_size=1, max_size=80)


@given(STRATA, st.integers(1, 25), st.integers(0, 2**32))
def test_blocks_are_alike_in_size_and_strata(strata: list[str], size: int, seed: int) -> None:
    blocks = make_blocks(strata, size=size, seed=seed)
    sizes = Counter(blocks)
    assert set(sizes) == set(range(-(-len(strata) // size)))
    assert max(sizes.values()) <= size
    assert max(sizes.values()) - min(sizes.values()) <= 1
    for stratum in set(strata):
        of_block = Counter(block for block, one in zip(blocks, strata, strict=True) if one == stratum)
        counts = [of_block[block] for block in sizes]
        assert max(counts) - min(counts) <= 1


def test_the_reference_study_has_twenty_blocks_of_twenty_one() -> None:
    assert set(Counter(make_blocks(["yeah"] * 420, size=21, seed=1)).values()) == {21}


def test_chance_decides_what_is_in_a_block() -> None:
    strata = ["mhm"] * 40
    assert make_blocks(strata, size=10, seed=1) == make_blocks(strata, size=10, seed=1)
    assert make_blocks(strata, size=10, seed=1) != make_blocks(strata, size=10, seed=2)
