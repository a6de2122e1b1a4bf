"""The mixed-effects logistic model: a likelihood that can be integrated exactly, its gradient, and what has no fit."""

import numpy as np
import pytest

from analysis.stats import triads
from analysis.stats.judgements import Judgements
from analysis.stats.laplace import Deviance
from analysis.stats.mixed import mixed_logistic


def study(seed=2, n_trials=80, n_people=16, each=4, errors=(0.4, 1.2)):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n_trials, 3))
    noise = 0.8 * np.exp(0.6 * rng.normal(size=n_people))
    trial = np.concatenate([rng.permutation(n_trials) for _ in range(each)])
    person = np.arange(len(trial)) * n_people // len(trial)
    choice = (z[trial] / noise[person][:, None] + rng.gumbel(size=(len(trial), 3))).argmax(axis=1)
    judged = Judgements(trial, person, choice, n_trials, n_people)
    return judged, *(triads.credit(z + rng.normal(scale=error, size=z.shape)) for error in errors)


@pytest.mark.parametrize("at", [(0.5, 0.7, 0.3, 0.2, 0.4), (0.0, 1.7, 0.3, 0.2, -0.4), (0.8, 0.0, 0.0, -0.3, 0.1)])
def test_the_gradient_is_the_slope_of_the_deviance(at):
    judged, a, b = study(n_trials=20)
    agrees = np.concatenate([table[judged.trial, judged.choice] for table in (a, b)])
    cell = np.concatenate([2 * judged.trial + 1, 2 * judged.trial])
    deviance = Deviance(np.tile(judged.participant, 2), cell, agrees, n_people=16, n_trials=20)
    steps = 1e-4 * np.eye(5)
    slopes = [(deviance(at + step)[0] - deviance(at - step)[0]) / 2e-4 for step in steps]

    assert deviance(np.array(at))[1] == pytest.approx(slopes, abs=2e-5)


def test_one_person_with_many_answers_has_nearly_the_exact_likelihood():
    """With one random effect the integral can be taken numerically; Laplace's error falls with the answers."""
    from scipy.integrate import quad

    agrees = np.array([1.0] * 70 + [0.0] * 30)
    deviance = Deviance(np.zeros(100, dtype=int), np.arange(100) % 2, agrees, n_people=1, n_trials=1)
    value, _ = deviance(np.array([0.9, 0.0, 0.0, 0.3, 0.0]))

    def density(u):
        odds = 0.3 + 0.9 * u
        return np.exp(agrees.sum() * odds - 100 * np.logaddexp(0, odds) - u**2 / 2 + 60) / np.sqrt(2 * np.pi)

    assert value == pytest.approx(-2 * (np.log(quad(density, -8, 8)[0]) - 60), abs=1e-2)


def test_models_change_sides_and_the_difference_its_sign():
    judged, a, b = study()
    one, other = mixed_logistic(judged, a, b), mixed_logistic(judged, b, a)

    assert one.difference == pytest.approx(-other.difference, abs=1e-4)
    assert one.error == pytest.approx(other.error, rel=1e-3)
    assert one.z > 0
    assert 0 < one.p < 1


def test_a_clear_difference_is_found_and_a_triad_counts_once_for_a_model():
    judged, a, b = study(n_trials=150, each=6)
    fit = mixed_logistic(judged, a, b)
    share_a, share_b = (table[judged.trial, judged.choice].mean() for table in (a, b))
    independent = np.sqrt(sum(1 / (len(judged) * share * (1 - share)) for share in (share_a, share_b)))

    assert fit.z > 3
    assert fit.trial_model > 0
    assert fit.error > 1.2 * independent, "judgements of one triad are no independent evidence about a model"


def test_ties_are_left_out_for_both_models():
    judged, a, b = study()
    tied = a.copy()
    tied[:30] = [0.5, 0.5, 0.0]
    fit = mixed_logistic(judged, tied, b)
    same = mixed_logistic(judged.of_trials(np.arange(80) >= 30), a, b)

    assert fit.n_trials == 50
    assert fit.difference == pytest.approx(same.difference, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda j, a, b: (j.where(np.zeros(len(j), dtype=bool)), a, b), "no judgements of triads that both"),
        (lambda j, a, b: (j, np.full_like(a, np.nan), b), "no judgements of triads that both"),
        (lambda j, a, b: (j, np.full_like(a, 1 / 3), b), "no judgements of triads that both"),
        (lambda j, a, b: (j.where(j.participant == 0), a, b), "needs two triads and two participants"),
        (lambda j, a, b: (j.where(j.trial == 0), a, b), "needs two triads and two participants"),
        (lambda j, a, b: (Judgements(j.trial, j.participant, 0 * j.choice, 80, 16), np.eye(3)[[0] * 80], b), "always"),
    ],
)
def test_what_has_no_fit_says_why(change, reason):
    fit = mixed_logistic(*change(*study()))

    assert fit.difference is None
    assert fit.error is None
    assert fit.p is None
    assert reason in fit.reason


def test_two_models_that_say_the_same_do_not_differ():
    judged, a, _ = study()
    fit = mixed_logistic(judged, a, a)

    assert fit.reason or fit.difference == pytest.approx(0, abs=1e-6)
