"""Choosing a layer on other trials: noise is not taken for a finding, and a truly better layer is found."""

import numpy as np
import pytest

from analysis.stats import triads
from analysis.stats.accuracy import JudgementAccuracy
from analysis.stats.judgements import Judgements
from analysis.stats.layer_choice import chosen_out_of_fold

N_TRIALS, N_PEOPLE = 60, 4


def judged(odd: np.ndarray) -> Judgements:
    """Everyone judges every trial, and says the slot in `odd` (n_trials, n_people)."""
    trial, person = np.indices(odd.shape).reshape(2, -1)
    return Judgements(trial, person, odd.ravel(), *odd.shape)


def accuracy(credit: np.ndarray, judgements: Judgements) -> float:
    estimate = JudgementAccuracy(credit).figure(judgements).estimate
    assert estimate is not None
    return estimate


def test_the_best_of_many_guesses_is_worth_no_more_than_chance() -> None:
    best, honest = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        judgements = judged(rng.integers(3, size=(N_TRIALS, 1)).repeat(N_PEOPLE, axis=1))
        layers = [triads.credit(rng.normal(size=(N_TRIALS, 3))) for _ in range(12)]
        best.append(max(accuracy(layer, judgements) for layer in layers))
        honest.append(accuracy(chosen_out_of_fold(layers, judgements, seed=seed).credit, judgements))
    assert np.mean(best) > 0.40
    assert np.mean(honest) == pytest.approx(1 / 3, abs=0.04)


def test_a_layer_that_is_better_everywhere_is_chosen_everywhere() -> None:
    rng = np.random.default_rng(0)
    said = rng.integers(3, size=(N_TRIALS, 1)).repeat(N_PEOPLE, axis=1)
    judgements = judged(said)
    good = triads.credit(np.eye(3)[said[:, 0]])
    layers = [triads.credit(rng.normal(size=(N_TRIALS, 3))) for _ in range(3)]
    made = chosen_out_of_fold([*layers[:2], good, layers[2]], judgements)
    assert made.by_fold.tolist() == [2] * 10
    np.testing.assert_array_equal(made.credit, good)
    assert np.bincount(made.folds).tolist() == [6] * 10


def test_a_trial_is_never_judged_by_a_choice_that_saw_it() -> None:
    """Turning one fold's judgements round changes what is chosen for the others only."""
    rng = np.random.default_rng(1)
    said = rng.integers(3, size=(N_TRIALS, 1)).repeat(N_PEOPLE, axis=1)
    layers = [triads.credit(rng.normal(size=(N_TRIALS, 3))) for _ in range(6)]
    made = chosen_out_of_fold(layers, judged(said))
    said[made.folds == 0] = (said[made.folds == 0] + 1) % 3
    again = chosen_out_of_fold(layers, judged(said))
    np.testing.assert_array_equal(again.credit[made.folds == 0], made.credit[made.folds == 0])
    assert again.by_fold[0] == made.by_fold[0]
    assert again.by_fold[1:].tolist() != made.by_fold[1:].tolist()


def test_only_trials_that_every_layer_covers_take_part() -> None:
    credit = np.full((4, 3), 1 / 3)
    lacking = credit.copy()
    lacking[0] = np.nan
    judgements = judged(np.zeros((4, 2), dtype=int))
    made = chosen_out_of_fold([credit, lacking], judgements)
    assert made.folds.tolist()[0] == -1
    assert np.isnan(made.credit[0]).all()
    assert np.isfinite(made.credit[1:]).all()
    assert made.by_fold.tolist() == [0, 0, 0]  # of equals the first
    one = chosen_out_of_fold([credit[:1]], judged(np.zeros((1, 2), dtype=int)))
    assert np.isnan(one.credit).all()
    with pytest.raises(ValueError, match="at least one candidate"):
        chosen_out_of_fold([], judgements)
