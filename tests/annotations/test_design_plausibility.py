"""Where an answer comes too soon for what it says was heard."""

import pytest

from annotations.design.plausibility import is_implausible


@pytest.mark.parametrize(
    ("rt_ms", "plays", "implausible"),
    [
        (3000, [1, 1, 1], False),
        # 3 s less the tolerance of three plays, less what clocks may differ.
        (2822, [1, 1, 1], False),
        (2821, [1, 1, 1], True),
        (3000, [1, 1, 2], True),
        (3762, [1, 1, 2], False),
        (0, [0, 0, 0], False),
    ],
)
def test_plays_add_up(rt_ms: float, plays: list[int], implausible: bool) -> None:
    assert is_implausible(rt_ms, [(count, 1.0) for count in plays]) is implausible


def test_a_sound_shorter_than_the_tolerance_takes_no_time() -> None:
    assert not is_implausible(0, [(1000, 0.04)])
