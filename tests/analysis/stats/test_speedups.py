"""What is computed at once for many resamples equals what is computed plainly, one judgement and resample at a time."""

import numpy as np
import pytest

from analysis.stats.accuracy import JudgementAccuracy, MajorityAccuracy, UnanimousAccuracy
from analysis.stats.alpha import Alpha
from analysis.stats.ceilings import LeaveOneOut, ModelRelative, Oracle
from analysis.stats.judgements import Judgements
from analysis.stats.kappa import Fleiss, GwetAC1, PercentAgreement
from analysis.stats.resampling import Units
from analysis.stats.sample import Incidence, Sample
from analysis.stats.triads import credit


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
