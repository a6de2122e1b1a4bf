"""The paired sign-flip test and Holm's correction."""

import numpy as np
import pytest
from scipy.stats import permutation_test

from analysis.stats.compare import holm, paired_sign_flip, sign_flip_in_order
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


def rated_contexts(rng, n_contexts, n_people=5, n_clips=3):
    """Ratings of clips that are truly 0, 1, 2, … by people with noise; the truth as scores."""
    truth = np.tile(np.arange(n_clips, dtype=float), n_contexts)
    heard = truth[:, None] + rng.normal(size=(len(truth), n_people))
    clip, person = np.indices(heard.shape).reshape(2, -1)
    choice = np.clip(np.rint(heard + 2), 0, 6).astype(int)[clip, person]
    cluster = np.arange(len(truth)) // n_clips
    return Judgements(clip, person, choice, len(truth), n_people, 7, cluster), truth


def test_sign_flip_in_order_finds_the_better_model_and_no_difference_where_there_is_none():
    rng = np.random.default_rng(8)
    judged, truth = rated_contexts(rng, 60)
    noisy = [truth + 1.5 * rng.normal(size=len(truth)) for _ in range(2)]

    assert sign_flip_in_order(judged, truth, -truth, n_permutations=999) == 1 / 1000
    assert sign_flip_in_order(judged, truth, truth) == 1
    assert sign_flip_in_order(judged, truth, noisy[0], n_permutations=999) < 0.05
    assert sign_flip_in_order(judged, *noisy, n_permutations=999, seed=3) == sign_flip_in_order(
        judged, *noisy, n_permutations=999, seed=3
    )


def test_sign_flip_in_order_rejects_as_often_as_it_says():
    rng = np.random.default_rng(9)
    p_values = []
    for at in range(200):
        judged, truth = rated_contexts(rng, 25, n_people=3)
        models = [truth + 2 * rng.normal(size=len(truth)) for _ in range(2)]
        p_values.append(sign_flip_in_order(judged, *models, n_permutations=199, seed=at))

    assert np.mean(np.array(p_values) <= 0.1) == pytest.approx(0.1, abs=0.06)


def test_sign_flip_in_order_takes_only_clips_that_both_cover():
    judged, truth = rated_contexts(np.random.default_rng(10), 3)
    lacking = truth.copy()
    lacking[[0, 3, 6]] = np.nan
    partly = -truth
    partly[[0, 3, 6]] = 99  # would be the only clips ordered well

    assert sign_flip_in_order(judged, lacking, partly) == sign_flip_in_order(judged, lacking, -truth)
    assert sign_flip_in_order(judged, truth * np.nan, truth) is None
    nothing = judged.where(np.zeros(len(judged), dtype=bool))
    assert sign_flip_in_order(nothing, truth, truth) is None
