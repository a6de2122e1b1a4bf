"""How far listeners order clips alike: by hand, against Friedman's test, with a planted truth, and where undefined."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import friedmanchisquare, spearmanr

from analysis.stats import bootstrap
from analysis.stats.concordance import BetweenListeners, kendall_w
from analysis.stats.judgements import Judgements
from analysis.stats.sample import Incidence, Sample


def ranked(table, n_clips, n_points=6):
    """Ranks people × (contexts · clips), NaN where missing; `n_clips` in a row share a context."""
    table = np.asarray(table, dtype=float)
    person, clip = np.nonzero(~np.isnan(table))
    choice = table[person, clip].astype(int)
    return Judgements(clip, person, choice, table.shape[1], len(table), n_points, np.arange(table.shape[1]) // n_clips)


def orders(rng, n_people, n_contexts, n_clips, noise):
    """Each listener orders the clips of each context by a shared strength and noise of their own."""
    strength = rng.normal(size=(1, n_contexts, n_clips))
    heard = strength + noise * rng.normal(size=(n_people, n_contexts, n_clips))
    return np.argsort(np.argsort(heard, axis=2), axis=2).reshape(n_people, -1)


def test_by_hand():
    judgements = ranked([[0, 1, 2], [0, 2, 1], [1, 0, 2]], 3)
    # rho of each two: 0.5, 0.5 and -0.5; rank sums 1, 3, 5 of a mean of 3.
    assert BetweenListeners().figure(judgements).estimate == pytest.approx(1 / 6)
    assert kendall_w(judgements).estimate == pytest.approx(12 * 8 / (9 * 24))
    assert BetweenListeners([0.0, -1.0, -2.0, -3, -4, -5]).figure(judgements).estimate == pytest.approx(1 / 6)


@settings(max_examples=60, deadline=None)
@given(st.integers(3, 6), st.integers(3, 6), st.integers(0, 10_000))
def test_w_is_friedmans_statistic(n_people, n_clips, seed):
    table = orders(np.random.default_rng(seed), n_people, 1, n_clips, 1.0)
    chi2 = friedmanchisquare(*table.T).statistic

    assert kendall_w(ranked(table, n_clips)).estimate == pytest.approx(chi2 / (n_people * (n_clips - 1)), abs=1e-10)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5), st.integers(1, 3), st.integers(2, 4), st.integers(0, 10_000))
def test_w_and_the_mean_correlation_say_the_same_without_ties(n_people, n_contexts, n_clips, seed):
    judgements = ranked(orders(np.random.default_rng(seed), n_people, n_contexts, n_clips, 1.0), n_clips)
    mean = BetweenListeners().figure(judgements).estimate

    assert kendall_w(judgements).estimate == pytest.approx(((n_people - 1) * mean + 1) / n_people, abs=1e-10)


def test_orders_with_gaps_and_orders_without_order_do_not_count():
    nan = np.nan
    judgements = ranked([[0, 1, 2, 2, 2, 2], [0, 2, 1, 0, 1, 2], [1, nan, 2, 2, 1, 0], [2, 1, 0, nan, nan, nan]], 3)
    figure = BetweenListeners().figure(judgements)
    first = np.mean([0.5, -1.0, -0.5])  # the third left a clip out
    second = -1.0  # to the first all are alike

    assert figure.estimate == pytest.approx((first + second) / 2)
    assert figure.n_trials == 6
    assert figure.n_judgements == 15


def test_the_planted_correlation_comes_out():
    """With noise s each two listeners share 1 / (1 + s²) of the variance of what they hear."""
    judgements = ranked(orders(np.random.default_rng(1), 40, 200, 5, 1.0), 5)
    heard = np.random.default_rng(2).multivariate_normal([0, 0], [[2, 1], [1, 2]], size=(20_000, 5))
    expected = np.mean([spearmanr(one).statistic for one in heard[:4000]])
    resampled = bootstrap.two_way(judgements, {"rho": BetweenListeners()}, n_resamples=300, seed=1)
    figure = resampled.figure("rho")

    assert figure.estimate == pytest.approx(expected, abs=0.03)
    assert figure.low < expected < figure.high


def test_listeners_who_do_not_agree_are_at_zero():
    judgements = ranked(orders(np.random.default_rng(5), 20, 100, 4, 1e9), 4)

    assert BetweenListeners().figure(judgements).estimate == pytest.approx(0, abs=0.02)
    assert kendall_w(judgements).estimate == pytest.approx(1 / 20, abs=0.02)


def test_weights_are_copies_that_never_meet_themselves():
    table = orders(np.random.default_rng(4), 4, 3, 4, 1.0)
    judgements = ranked(table, 4)
    weights = np.array([2.0, 1.0, 0.0, 1.0])
    sample = Sample.of_people(Incidence(judgements), weights[:, None], np.ones((judgements.n_trials, 1)))
    each = []
    for context in range(3):
        of = table[:, 4 * context : 4 * context + 4]
        pairs = [(a, b) for a in range(4) for b in range(4) if a != b]
        rho = [spearmanr(of[a], of[b]).statistic for a, b in pairs]
        each.append(np.average(rho, weights=[weights[a] * weights[b] for a, b in pairs]))

    assert BetweenListeners().values(sample)[0] == pytest.approx(np.mean(each), abs=1e-12)


@pytest.mark.parametrize(
    "table", [[[0, 1, 2]], [[1, 1, 1], [2, 2, 2]], [[0, np.nan, 1], [0, 1, 2]]], ids=["one", "all alike", "gap"]
)
def test_what_is_undefined_says_why(table):
    judgements = ranked(table, 3)
    for figure in (BetweenListeners().figure(judgements), kendall_w(judgements)):
        assert figure.estimate is None
        assert figure.reason == "no context was put in order by two participants"
    nothing = ranked(np.full((2, 3), np.nan), 3)
    assert BetweenListeners().figure(nothing).reason == "no judgements"
    assert kendall_w(nothing).reason == "no judgements"
