"""Figures of single listeners: against hand-made cases, against brute force, and their named reasons."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import binomtest, pearsonr

from analysis.stats import habits, repeats, response_times, with_others
from analysis.stats.ceilings import LeaveOneOut
from analysis.stats.guessing import chance_of_at_least
from analysis.stats.judgements import Judgements


def test_guessing_is_the_binomial_test_where_all_guesses_are_alike():
    p = chance_of_at_least(14, size=np.ones(30), probability=np.full(30, 1 / 3))

    assert p == pytest.approx(binomtest(14, 30, 1 / 3, alternative="greater").pvalue, abs=1e-12)


def test_guessing_is_what_enumeration_gives_where_they_are_not():
    size, probability = np.array([1, 1, 0.5, 0.5, 1 / 3]), np.array([1 / 3, 1 / 3, 2 / 3, 2 / 3, 1.0])
    every = np.array(list(product([0, 1], repeat=5)))
    chances = np.where(every, probability, 1 - probability).prod(axis=1)

    for earned in (0, 1 / 3, 5 / 6, 1.5, 2 + 5 / 6, 4):
        expected = chances[every @ size >= earned - 1e-9].sum()
        assert chance_of_at_least(earned, size=size, probability=probability) == pytest.approx(expected, abs=1e-12)


def crowd(seed: int = 0, n_trials: int = 40, n_people: int = 8) -> Judgements:
    rng = np.random.default_rng(seed)
    keep = rng.random((n_trials, n_people)) < 0.6
    trial, participant = np.nonzero(keep)
    choice = np.where(rng.random(len(trial)) < 0.6, trial % 3, rng.integers(3, size=len(trial)))
    return Judgements(trial, participant, choice, n_trials, n_people)


def test_listeners_mean_credit_is_the_ceiling():
    judged = crowd()
    each = [one.figure for one in with_others.leave_one_out(judged)]
    mean = sum(one.estimate * one.n_judgements for one in each) / sum(one.n_judgements for one in each)

    assert mean == pytest.approx(LeaveOneOut().figure(judged).estimate, abs=1e-12)


def test_a_listener_is_held_against_the_others_only():
    """Listener 0 against two others who agree (0), two who do not (a tie of two), and nobody."""
    trial, participant = [0, 0, 0, 1, 1, 1, 2], [0, 1, 2, 0, 1, 2, 0]
    judged = Judgements(trial, participant, [0, 0, 0, 1, 1, 2, 2], 3, 3)
    own = with_others.leave_one_out(judged)[0]

    assert (own.figure.estimate, own.figure.n_judgements, own.expected) == (0.75, 2, pytest.approx(1 / 3))
    assert own.p == pytest.approx(1 / 3 * 2 / 3)


def test_guessers_have_ps_that_are_spread_evenly():
    ps = []
    for seed in range(40):
        judged = crowd(seed)
        guesses = np.where(
            judged.participant == 0, np.random.default_rng(seed).integers(3, size=len(judged)), judged.choice
        )
        guessed = Judgements(judged.trial, judged.participant, guesses, judged.n_trials, judged.n_participants)
        ps.append(with_others.leave_one_out(guessed)[0].p)

    assert np.mean(np.array(ps) < 0.05) <= 0.1
    assert 0.35 < np.mean(ps) < 0.75


def test_ratings_correlate_with_the_mean_of_the_others():
    rng = np.random.default_rng(1)
    table = rng.integers(5, size=(30, 4))
    trial, participant = np.indices(table.shape)
    judged = Judgements(trial.ravel(), participant.ravel(), table.ravel(), 30, 4, 5)
    others = with_others.others_mean(judged)[judged.participant == 0]

    figure = with_others.correlation_within(table[:, 0], others, [0] * 30)
    assert figure.estimate == pytest.approx(pearsonr(table[:, 0], table[:, 1:].mean(axis=1))[0], abs=1e-12)


def test_questions_of_other_means_do_not_make_a_correlation():
    own, others, question = [0, 1, 0.2, 0.8], [1, 0, 0.8, 0.2], [0, 0, 1, 1]

    assert with_others.correlation_within(own, others, question).estimate == pytest.approx(-1)
    apart = with_others.correlation_within([0, 0, 1, 1], [0, 0, 1, 1], question)
    assert (apart.estimate, apart.reason) == (None, "constant ratings")


def test_repeats_are_held_against_guessing():
    same = repeats.same_choice(["a", "b", "c", "a"], ["a", "b", "c", "b"], [3, 3, 3, 2])

    assert (same.figure.estimate, same.figure.n_trials) == (0.75, 4)
    assert same.expected == pytest.approx((1 + 1 / 2) / 4)
    exactly = [p for p in product([0, 1], repeat=4) if sum(p) >= 3]
    chance = [np.prod([(1 / k if hit else 1 - 1 / k) for hit, k in zip(p, (3, 3, 3, 2), strict=True)]) for p in exactly]
    assert same.p == pytest.approx(sum(chance))


def test_repeated_ratings_are_held_against_the_same_ratings_dealt_at_random():
    first, second = np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.5, 0.5])
    found = repeats.rating_difference(first, second, [0, 0, 0])
    permuted = [np.abs(first - second[list(order)]).mean() for order in ([0, 1, 2], [1, 2, 0], [2, 0, 1])]

    assert found.figure.estimate == pytest.approx(0.5 / 3)
    assert found.expected == pytest.approx(np.mean(permuted))
    assert repeats.rating_correlation(first, second, [0, 0, 0]).estimate == pytest.approx(pearsonr(first, second)[0])


def test_response_times_and_their_drift():
    rt = 4000 * np.exp(-0.02 * np.arange(50))
    figures = response_times.profile(rt, np.arange(50), np.where(np.arange(50) < 25, 3000, np.nan))

    assert figures["rt_drift"].estimate == pytest.approx(-0.02)
    assert figures["rt_median_ms"].estimate == pytest.approx(np.median(rt))
    assert figures["rt_below_hearing"].estimate == pytest.approx(np.mean(rt[:25] < 3000))
    assert figures["rt_below_hearing"].n_trials == 25


def test_habits():
    assert habits.modal_position([2, 2, 2, 0, 1]).estimate == 0.6
    assert habits.rating_spread([0, 1]).estimate == pytest.approx(np.sqrt(0.5))
    assert habits.endpoint_share([0, 0.25, 1, 1]).estimate == 0.75


@pytest.mark.parametrize(
    ("figure", "reason"),
    [
        (repeats.same_choice([], [], []).figure, "no trial was answered twice"),
        (repeats.rating_difference([], [], []).figure, "no trial was answered twice"),
        (repeats.rating_correlation(np.zeros(0), np.zeros(0), []), "no trial was answered twice"),
        (repeats.rating_correlation(np.ones(2), np.ones(2), [0, 0]), "fewer than 3 repeated ratings"),
        (repeats.rating_correlation(np.ones(3), np.ones(3), [0, 0, 0]), "constant ratings"),
        (with_others.correlation_within([], [], []), "no judgements"),
        (with_others.correlation_within([1, 2, 3], [np.nan] * 3, [0] * 3), with_others.TOO_FEW_PAIRS),
        (habits.modal_position([]), "no choice with a known order on the screen"),
        (habits.rating_spread([]), "no judgements"),
        (habits.rating_spread([0.5]), "only one rating"),
        (habits.endpoint_share([]), "no judgements"),
        (response_times.profile([], [], [])["rt_median_ms"], "no response times"),
        (response_times.profile([], [], [])["rt_drift"], "no response times"),
        (response_times.profile([900.0, 800], [1, 2], [1, 1])["rt_drift"], "fewer than 3 response times"),
        (response_times.profile([900.0], [1], [np.nan])["rt_below_hearing"], "no page with known durations"),
    ],
)  # fmt: skip
def test_what_is_undefined_says_why(figure, reason):
    assert (figure.estimate, figure.reason) == (None, reason)
