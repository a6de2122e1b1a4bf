"""Where checks stand among a participant's pages."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from annotations.design.checks import ATTENTION, ORDINARY, PRACTICE, REPEAT, PageCounts, fits, lay_out, originals

COUNTS = st.builds(
    PageCounts,
    ordinary=st.integers(2, 60),
    practice=st.integers(0, 4),
    attention=st.integers(0, 5),
    repeats=st.integers(0, 5),
    gap=st.integers(1, 8),
)
SEEDS = st.integers(0, 2**63 - 1)


@given(COUNTS, SEEDS)
def test_everybody_gets_every_page_and_practice_first(counts: PageCounts, seed: int) -> None:
    layout = lay_out(counts, seed=seed)
    assert len(layout) == counts.total
    kinds = [layout.count(kind) for kind in (ORDINARY, PRACTICE, ATTENTION, REPEAT)]
    assert kinds == [counts.ordinary, counts.practice, counts.attention, counts.repeats]
    assert layout[: counts.practice] == [PRACTICE] * counts.practice


@given(COUNTS, SEEDS)
def test_checks_are_evenly_spaced_and_neither_first_nor_last(counts: PageCounts, seed: int) -> None:
    body = lay_out(counts, seed=seed)[counts.practice :]
    assert body[0] == body[-1] == ORDINARY
    places = [at for at, kind in enumerate(body) if kind != ORDINARY]
    distances = [after - before for before, after in pairwise(places)]
    assert max(distances, default=0) - min(distances, default=0) <= 1


@given(COUNTS, SEEDS)
def test_where_it_fits_repeats_come_late_enough_and_no_trial_twice(counts: PageCounts, seed: int) -> None:
    layout = lay_out(counts, seed=seed)
    again = originals(layout, gap=counts.gap, seed=seed)
    assert all(layout[repeat] == REPEAT and layout[first] == ORDINARY for repeat, first in again.items())
    assert all(repeat - first >= counts.gap for repeat, first in again.items())
    assert len(set(again.values())) == len(again)
    assert len(again) == counts.repeats or not fits(counts)


def test_the_seed_moves_the_checks() -> None:
    counts = PageCounts(ordinary=21, attention=2)
    assert lay_out(counts, seed=5) == lay_out(counts, seed=5)
    places = {tuple(at for at, kind in enumerate(lay_out(counts, seed=seed)) if kind) for seed in range(200)}
    assert len(places) > 8
    assert {first for first, _ in places} == set(range(1, 12))


def test_the_reference_study_fits_and_a_study_too_short_does_not() -> None:
    assert fits(PageCounts(ordinary=21, practice=2, attention=2, repeats=2, gap=5))
    assert not fits(PageCounts(ordinary=1, attention=1))
    assert not fits(PageCounts(ordinary=4, repeats=2, gap=5))
    assert lay_out(PageCounts(ordinary=1, practice=1, attention=1), seed=0) == [PRACTICE, ORDINARY]


def test_attention_trials_and_repeats_take_turns() -> None:
    counts = PageCounts(ordinary=40, attention=2, repeats=2, gap=5)
    for seed in range(20):
        assert [kind for kind in lay_out(counts, seed=seed) if kind] == [ATTENTION, REPEAT, ATTENTION, REPEAT]
