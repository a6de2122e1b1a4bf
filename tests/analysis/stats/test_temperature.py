"""The softmax temperature: planted values come back, held-out log-loss is honest."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from analysis.stats.judgements import Judgements
from analysis.stats.temperature import LogLoss, cross_validated, fit
from analysis.stats.triads import probabilities


def planted(rng, n_trials, temperature, each=5):
    similarities = rng.normal(size=(n_trials, 3))
    chances = probabilities(similarities, temperature)
    choice = np.array([rng.choice(3, size=each, p=p) for p in chances]).ravel()
    trial, participant = np.repeat(np.arange(n_trials), each), np.tile(np.arange(each), n_trials)
    return similarities, Judgements(trial, participant, choice, n_trials, each)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 3.0])
def test_planted_temperature_comes_back(temperature):
    similarities, judged = planted(np.random.default_rng(1), 1500, temperature)

    assert fit(similarities, judged.counts) == pytest.approx(temperature, rel=0.12)


def test_fit_is_the_maximum_of_the_likelihood():
    similarities, judged = planted(np.random.default_rng(2), 60, 0.7)

    def loss(log_temperature):
        return -(judged.counts * np.log(probabilities(similarities, np.exp(log_temperature)))).sum()

    reference = np.exp(minimize_scalar(loss, bounds=(-4, 4), method="bounded", options={"xatol": 1e-10}).x)
    assert fit(similarities, judged.counts) == pytest.approx(reference, rel=1e-6)


def test_scale_of_the_similarities_only_scales_the_temperature():
    similarities, judged = planted(np.random.default_rng(3), 80, 1.0)

    assert fit(0.01 * similarities + 5, judged.counts) == pytest.approx(0.01 * fit(similarities, judged.counts))


def test_people_who_do_not_follow_need_infinite_temperature():
    similarities, judged = planted(np.random.default_rng(4), 50, 0.5)

    assert fit(-similarities, judged.counts) == np.inf
    assert fit(np.ones((50, 3)), judged.counts) == np.inf


def test_a_model_that_is_never_wrong_has_a_small_but_finite_loss():
    counts = np.tile([5, 0, 0], (4, 1))
    similarities = np.tile([0.9, 0.1, 0.2], (4, 1))
    temperature = fit(similarities, counts)

    assert temperature == pytest.approx(0.8 / 50)
    assert (probabilities(similarities, temperature) > 0).all()


def test_nothing_to_fit_is_an_error():
    with pytest.raises(ValueError, match="at least one judged trial"):
        fit(np.full((2, 3), np.nan), np.ones((2, 3)))


def test_log_loss_in_bits():
    judged = Judgements([0, 0, 1], [0, 1, 0], [0, 1, 2], 2, 2)
    figure = LogLoss([[0.5, 0.25, 0.25], [0.25, 0.25, 0.5]]).figure(judged)

    assert figure.estimate == pytest.approx((1 + 2 + 1) / 3)
    assert LogLoss(np.full((2, 3), 1 / 3)).figure(judged).estimate == pytest.approx(np.log2(3))
    with pytest.raises(ValueError, match="no finite log-loss"):
        LogLoss([[1.0, 0.0, 0.0], [1 / 3] * 3])


def test_cross_validation_predicts_each_fold_from_the_others():
    similarities, judged = planted(np.random.default_rng(5), 60, 0.6)
    similarities[7] = np.nan
    result = cross_validated(similarities, judged, n_folds=5, seed=2)

    assert result.folds[7] == -1
    assert np.isnan(result.probabilities[7]).all()
    assert np.bincount(result.folds[result.folds >= 0]).tolist() == [12, 12, 12, 12, 11]
    others = (result.folds != 3) & (result.folds >= 0)
    assert result.temperatures[3] == pytest.approx(fit(similarities[others], judged.counts[others]), rel=1e-12)
    assert result.probabilities[result.folds == 3] == pytest.approx(
        probabilities(similarities[result.folds == 3], result.temperatures[3])
    )
    assert result.log_loss.n_judgements == 59 * 5
    assert result.log_loss.estimate < np.log2(3)


def test_held_out_loss_of_noise_is_no_better_than_blind_guessing():
    rng = np.random.default_rng(6)
    _, judged = planted(rng, 300, np.inf)
    result = cross_validated(rng.normal(size=(300, 3)), judged)

    assert result.log_loss.estimate >= np.log2(3) - 0.003


def test_one_trial_cannot_be_cross_validated():
    result = cross_validated([[0.1, 0.2, 0.3]], Judgements([0], [0], [2], 1, 1))

    assert result.log_loss.reason == "fewer than two judged trials that the model covers"
    assert np.isnan(result.probabilities).all()
