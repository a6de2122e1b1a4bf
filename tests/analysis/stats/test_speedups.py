"""What is computed at once for many resamples equals what is computed plainly, one judgement and resample at a time."""

import warnings

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr

from analysis.stats.accuracy import JudgementAccuracy, MajorityAccuracy, UnanimousAccuracy
from analysis.stats.alpha import Alpha
from analysis.stats.ceilings import LeaveOneOut, ModelRelative, Oracle
from analysis.stats.judgements import Judgements
from analysis.stats.kappa import Fleiss, GwetAC1, PercentAgreement
from analysis.stats.resampling import Units
from analysis.stats.sample import Incidence, Sample
from analysis.stats.triads import credit
from analysis.stats.weighted_ranks import LARGEST_BLOCK, Ordered, kendall, spearman


@pytest.fixture
def uneven():
    """Few or many judgements a trial, some people twice in a trial, some never."""
    rng = np.random.default_rng(5)
    trial, participant = rng.integers(0, 25, 160), rng.integers(2, 14, 160)
    return Judgements(trial, participant, rng.integers(0, 3, 160), 25, 15)


def statistics(n_trials):
    similarities = np.random.default_rng(6).normal(size=(n_trials, 3))
    similarities[3] = np.nan
    earned = credit(similarities)
    of_model = [JudgementAccuracy, MajorityAccuracy, UnanimousAccuracy, ModelRelative]
    of_people = [LeaveOneOut(), Oracle(), PercentAgreement(), Fleiss(), Fleiss("trial"), GwetAC1()]
    return [*(make(earned) for make in of_model), *of_people, *map(Alpha, ("nominal", "ordinal", "interval"))]


def test_weights_of_people_equal_weights_of_their_judgements(uneven):
    for of_people in Units(uneven).resamples(60, seed=3):
        plain = Sample(Incidence(uneven), of_people.weights, of_people.trial_weights)
        for statistic in statistics(uneven.n_trials):
            found, expected = statistic.values(of_people), statistic.values(plain)
            assert found == pytest.approx(expected, abs=1e-12, nan_ok=True), statistic.method


@pytest.mark.parametrize("n", [1, 2, 7, LARGEST_BLOCK, 3 * LARGEST_BLOCK + 5])
@pytest.mark.parametrize("of_y", ["distinct", "few values", "one value for many", "constant"])
def test_weighted_rank_correlations_equal_scipy_on_copies(n, of_y):
    rng = np.random.default_rng(n)
    x, weights = rng.normal(size=(6, n)).round(1), rng.integers(0, 4, size=(6, n)).astype(float)
    x[0], weights[1] = 1.0, 0.0
    y = rng.normal(size=n)
    y = {
        "distinct": y,
        "few values": y.round(),
        "one value for many": np.maximum(y, 0.2),
        "constant": np.zeros(n),
    }[of_y]
    for ours, scipys in ((kendall, kendalltau), (spearman, spearmanr)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # constant input and nothing at all are among the cases
            copies = [w.astype(int) for w in weights]
            expected = [
                scipys(np.repeat(row, times), np.repeat(y, times)).statistic if times.sum() > 1 else np.nan
                for row, times in zip(x, copies, strict=True)
            ]
        assert ours(Ordered(x), Ordered(y[None]), weights) == pytest.approx(expected, abs=1e-12, nan_ok=True)
