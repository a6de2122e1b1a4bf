"""Split-half reliability of ratings."""

import numpy as np
import pytest

from analysis.stats.judgements import Judgements
from analysis.stats.split_half import split_half


def rated(table):
    table = np.asarray(table, dtype=float)
    trial, participant = np.nonzero(~np.isnan(table))
    return Judgements(trial, participant, table[trial, participant].astype(int), *table.shape, 7)


def test_perfect_agreement_is_one():
    assert split_half(rated(np.tile([[0], [3], [5], [6]], 6)), n_splits=20).estimate == pytest.approx(1)


def test_planted_reliability_comes_back():
    rng = np.random.default_rng(1)
    clips, raters = rng.normal(size=(400, 1)), rng.normal(size=(400, 12))
    table = np.clip(np.round(3 + clips + 1.5 * raters), 0, 6)
    figure = split_half(rated(table), seed=3)
    one = np.corrcoef(table.T)[np.triu_indices(12, 1)].mean()

    assert figure.estimate == pytest.approx(12 * one / (1 + 11 * one), abs=0.02)
    assert figure.estimate == split_half(rated(table), seed=3).estimate


def test_two_raters_by_hand():
    table = np.array([[0, 1], [2, 2], [5, 3], [6, 6]])
    r = np.corrcoef(table.T)[0, 1]

    assert split_half(rated(table), n_splits=10).estimate == pytest.approx(2 * r / (1 + r))


def test_gaps_leave_trials_to_the_halves_that_have_them():
    table = np.array([[0, 1, np.nan], [2, 2, 3], [5, 3, 5], [6, 6, 5], [1, 0, 1]])

    assert 0 < split_half(rated(table), n_splits=50).estimate <= 1


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (np.full((4, 3), np.nan), "no judgements"),
        ([[1], [2], [3], [4]], "only one rater"),
        ([[1, 2], [2, 3]], "fewer than three trials are rated by both halves"),
        (np.full((5, 4), 2), "all values equal"),
        ([[1, 2], [2, 2], [3, 2]], "no variation within a half"),
    ],
)
def test_reasons(table, reason):
    assert split_half(rated(table), n_splits=20).reason == reason


def test_negative_agreement_stays_within_minus_one():
    assert split_half(rated([[0, 6], [3, 3], [6, 0]]), n_splits=5).estimate == pytest.approx(-1)
