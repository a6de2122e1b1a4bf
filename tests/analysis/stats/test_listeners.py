"""Simulated listeners' noise model: its limits, and that planted accuracy is what comes out."""

import numpy as np
import pytest

from analysis.stats import bootstrap, listeners, triads
from analysis.stats.accuracy import JudgementAccuracy
from analysis.stats.judgements import Judgements


def answered(z, noise, rng, n_listeners=20):
    chances = listeners.choice_probabilities(z, noise)
    choice = np.array([rng.choice(3, size=n_listeners, p=p) for p in chances])
    trial, participant = np.indices(choice.shape)
    return Judgements(trial.ravel(), participant.ravel(), choice.ravel(), len(z), n_listeners)


def test_standardised_over_all_entries_but_gaps():
    z = listeners.standardised([[1.0, 2, 3], [np.nan, 5, 5], [4, 5, 6]])

    assert np.isnan(z[1]).all()
    assert np.nanmean(z) == pytest.approx(0, abs=1e-15)
    assert np.nanstd(z) == pytest.approx(1)
    with pytest.raises(ValueError, match="nothing is there to follow"):
        listeners.standardised(np.ones((2, 3)))


def test_choices_follow_softmax_of_z_over_noise():
    z = np.array([[1.0, 0.0, -1.0]])

    assert listeners.choice_probabilities(z, 0.5) == pytest.approx(np.exp(2 * z) / np.exp(2 * z).sum())
    assert listeners.choice_probabilities(z, np.inf).tolist() == [[1 / 3] * 3]
    assert listeners.choice_probabilities(z, 0).tolist() == [[1, 0, 0]]
    with pytest.raises(ValueError, match="positive"):
        listeners.choice_probabilities(z, -1)


def test_planted_accuracy_falls_with_noise_from_one_to_chance():
    similarities = np.random.default_rng(1).normal(size=(50, 3))
    accuracy = [listeners.planted_accuracy(similarities, noise) for noise in (0, 0.1, 0.5, 0.8, 2, np.inf)]

    assert accuracy[0] == pytest.approx(1)
    assert accuracy[-1] == pytest.approx(1 / 3)
    assert sorted(accuracy, reverse=True) == accuracy


@pytest.mark.parametrize("noise", [0.4, 0.8, np.inf])
def test_recovered_accuracy_is_within_its_interval_of_the_planted_one(noise):
    rng = np.random.default_rng(2)
    similarities = rng.normal(0.5, 0.1, size=(150, 3))
    judged = answered(listeners.standardised(similarities), noise, rng)
    accuracy = JudgementAccuracy(triads.credit(similarities))
    figure = bootstrap.two_way(judged, {"a": accuracy}, n_resamples=500).figure("a")

    assert figure.low < listeners.planted_accuracy(similarities, noise) < figure.high
    assert figure.high - figure.low < 0.12


def test_accuracy_of_another_model_and_unequal_judgements():
    similarities = np.array([[0.9, 0.1, 0.2], [0.1, 0.2, 0.9]])
    chances = listeners.choice_probabilities(listeners.standardised(similarities), 1.0)
    other = np.array([[0.0, 1, 0], [np.nan] * 3])

    assert listeners.planted_accuracy(similarities, 1.0, of_credit=other) == pytest.approx(chances[0, 1])
    assert listeners.planted_accuracy(similarities, 1.0, per_trial=[3, 1]) == pytest.approx(
        (3 * chances[0, 0] + chances[1, 2]) / 4
    )
    with pytest.raises(ValueError, match="no trial is covered"):
        listeners.planted_accuracy(similarities, 1.0, per_trial=[0, 0])


def test_ratings_are_nearest_scale_points_of_what_is_felt():
    z = np.array([-3.0, 0.0, 0.4, 2.0])

    assert listeners.rating_probabilities(z, 0, 1, 5).argmax(axis=-1).tolist() == [0, 2, 2, 4]
    assert listeners.rating_probabilities(z, np.inf, 1, 5) == pytest.approx(np.full((4, 5), 0.2))
    felt = 3 + 0.4 + 0.7 * np.random.default_rng(0).normal(size=200_000)
    drawn = np.bincount(np.clip(np.round(felt), 1, 5).astype(int), minlength=6)[1:] / 200_000
    assert listeners.rating_probabilities(np.array(0.4), 0.7, 1, 5) == pytest.approx(drawn, abs=0.005)
    assert listeners.rating_probabilities(z, 0.7, 1, 5).sum(axis=-1) == pytest.approx(np.ones(4))
    with pytest.raises(ValueError, match="two points"):
        listeners.rating_probabilities(z, 1, 5, 5)
