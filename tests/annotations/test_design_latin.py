"""Balanced Latin squares."""

from collections import Counter
from itertools import pairwise

import pytest

from annotations.design.latin import n_rows, williams_row

SIZES = range(1, 13)


def square(n: int) -> list[list[int]]:
    return [williams_row(n, row) for row in range(n_rows(n))]


@pytest.mark.parametrize("n", SIZES)
def test_every_row_has_every_trial_once_and_rows_repeat(n: int) -> None:
    assert all(sorted(row) == list(range(n)) for row in square(n))
    assert [williams_row(n, row + n_rows(n)) for row in range(n_rows(n))] == square(n)


@pytest.mark.parametrize("n", SIZES)
def test_every_trial_stands_equally_often_at_each_place(n: int) -> None:
    for column in zip(*square(n), strict=True):
        assert set(Counter(column).values()) == {n_rows(n) // n}


@pytest.mark.parametrize("n", SIZES)
def test_every_trial_follows_every_other_equally_often(n: int) -> None:
    after = Counter(pair for row in square(n) for pair in pairwise(row))
    assert len(after) == n * (n - 1)
    assert len(set(after.values())) <= 1
