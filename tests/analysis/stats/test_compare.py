"""The paired sign-flip test and Holm's correction."""

import numpy as np
import pytest
from scipy.stats import permutation_test

from analysis.stats.compare import holm, paired_sign_flip
from analysis.stats.judgements import Judgements
from analysis.stats.triads import credit


def study(rng, n_trials, each=5):
    trial = np.repeat(np.arange(n_trials), each)
    return Judgements(trial, np.tile(np.arange(each), n_trials), rng.integers(3, size=len(trial)), n_trials, each)


def models(rng, n_trials):
    return credit(rng.normal(size=(n_trials, 3))), credit(rng.normal(size=(n_trials, 3)))


def test_few_triads_are_enumerated_like_scipy():
    rng = np.random.default_rng(2)
    judged = study(rng, 11)
    a, b = models(rng, 11)
    sums = (judged.counts * a).sum(axis=1), (judged.counts * b).sum(axis=1)
    reference = permutation_test(
        sums, lambda x, y, axis: (x - y).sum(axis=axis), permutation_type="samples", n_resamples=np.inf
    )

    assert paired_sign_flip(judged, a, b) == pytest.approx(reference.pvalue, abs=1e-12)


def test_many_triads_are_drawn_and_near_the_exact_value():
    rng = np.random.default_rng(3)
    judged = study(rng, 60)
    a, b = models(rng, 60)
    sums = (judged.counts * (a - b)).sum(axis=1).astype(int)
    ways = np.ones(1)  # the exact distribution of the sum, one triad after another
    for step in np.abs(sums):
        ways = (np.pad(ways, (0, 2 * step)) + np.pad(ways, (2 * step, 0))) / 2
    reached = np.arange(len(ways)) - len(ways) // 2
    p = paired_sign_flip(judged, a, b, n_permutations=20_000)

    assert p == pytest.approx(ways[np.abs(reached) >= abs(sums.sum())].sum(), abs=0.01)
    assert p == paired_sign_flip(judged, a, b, n_permutations=20_000)
    assert p != paired_sign_flip(judged, a, b, n_permutations=20_000, seed=1)


def test_a_model_that_follows_people_beats_one_that_does_not_and_p_is_never_zero():
    rng = np.random.default_rng(4)
    judged = study(rng, 100)
    followed = credit(judged.counts)
    p = paired_sign_flip(judged, followed, models(rng, 100)[0], n_permutations=999)

    assert p == 1 / 1000


def test_equal_models_differ_by_chance_only():
    rng = np.random.default_rng(5)
    judged = study(rng, 20)
    a, _ = models(rng, 20)

    assert paired_sign_flip(judged, a, a) == 1


def test_type_one_error_is_what_it_says():
    rng = np.random.default_rng(6)
    p_values = [paired_sign_flip(study(rng, 30), *models(rng, 30), n_permutations=199, seed=n) for n in range(300)]

    assert np.mean(np.array(p_values) <= 0.05) == pytest.approx(0.05, abs=0.035)


def test_only_triads_that_both_cover_take_part():
    judged = Judgements([0, 0, 0, 1], [0, 1, 2, 0], [0, 0, 0, 1], 2, 3)
    a, b = np.array([[1, 0, 0], [np.nan] * 3]), np.array([[0, 1, 0], [0, 1, 0]])

    assert paired_sign_flip(judged, a, b) == 1  # a single triad can be flipped in two ways, both as far
    assert paired_sign_flip(judged, a, b[::-1] * np.nan) is None


def test_holm_steps_down_and_stays_monotone():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
