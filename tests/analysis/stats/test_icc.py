"""ICC(A,1) and ICC(A,k); the textbook values are in test_published.py."""

import numpy as np
import pytest

from analysis.stats.icc import icc_agreement


def test_planted_reliability_comes_back():
    rng = np.random.default_rng(1)
    table = 2 * rng.normal(size=(2000, 1)) + 1.5 * rng.normal(size=(2000, 8))

    assert icc_agreement(table).estimate == pytest.approx(4 / (4 + 2.25), abs=0.02)
    assert icc_agreement(table, average=True).estimate == pytest.approx(4 / (4 + 2.25 / 8), abs=0.02)


def test_raters_who_differ_in_level_do_not_agree_absolutely():
    table = np.random.default_rng(2).normal(size=(300, 1)) + np.array([0.0, 3.0]) + 0.1

    assert icc_agreement(table).estimate < 0.25


def test_intervals_cover():
    rng, studies = np.random.default_rng(3), 200
    truth = 1 / (1 + 0.25 + 1)
    figures = [
        icc_agreement(rng.normal(size=(25, 1)) + 0.5 * rng.normal(size=(1, 12)) + rng.normal(size=(25, 12)))
        for _ in range(studies)
    ]

    assert np.mean([figure.low <= truth <= figure.high for figure in figures]) == pytest.approx(0.95, abs=0.04)


@pytest.mark.parametrize(
    ("table", "estimate"),
    [([[1, 1], [2, 2], [5, 5]], 1), ([[1, 2], [1, 2]], 0), ([[0, 1, 2]] * 3, 0)],
)
def test_without_error_there_is_no_interval(table, estimate):
    figure = icc_agreement(table)

    assert figure.estimate == pytest.approx(estimate)
    assert figure.reason.startswith("no interval")


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (np.zeros((0, 3)), "no judgements"),
        ([[1, 2, 3]], "fewer than two rated objects or raters"),
        ([[1, np.nan], [2, 3]], "not every rater rated everything"),
        ([[2, 2], [2, 2]], "all values equal"),
        ([[0, 1], [1, 0]], "neither the rated objects nor the raters differ beyond the error"),
    ],
)
def test_reasons(table, reason):
    assert icc_agreement(table).reason == reason
