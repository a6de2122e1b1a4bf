"""Statistics without some people are those of the judgements that are left, resample by resample too."""

import numpy as np
import pytest

from analysis.stats import bootstrap
from analysis.stats.accuracy import JudgementAccuracy, MajorityAccuracy, UnanimousAccuracy
from analysis.stats.alpha import Alpha
from analysis.stats.ceilings import LeaveOneOut, ModelRelative, Oracle
from analysis.stats.judgements import Judgements
from analysis.stats.kappa import Fleiss, GwetAC1
from analysis.stats.sample import Incidence, Sample
from analysis.stats.without import Without


def crowd() -> Judgements:
    rng = np.random.default_rng(5)
    trial, participant = np.nonzero(rng.random((40, 9)) < 0.5)
    choice = np.where(rng.random(len(trial)) < 0.5, trial % 3, rng.integers(3, size=len(trial)))
    return Judgements(trial, participant, choice, 40, 9)


KEPT = np.array([True, True, False, True, True, True, False, True, True])
CREDIT = np.eye(3)[np.arange(40) % 3]
STATISTICS = [
    LeaveOneOut(), Oracle(), Fleiss(), GwetAC1(), Alpha("nominal"), Alpha("interval"), JudgementAccuracy(CREDIT),
    MajorityAccuracy(CREDIT), UnanimousAccuracy(CREDIT), ModelRelative(CREDIT),
]  # fmt: skip


@pytest.mark.parametrize("statistic", STATISTICS, ids=lambda one: type(one).__name__)
def test_it_is_the_statistic_of_those_who_stay(statistic):
    judged = crowd()
    left = judged.where(KEPT[judged.participant])

    figure, expected = Without(statistic, KEPT).figure(judged), statistic.figure(left)
    assert figure.estimate == pytest.approx(expected.estimate, abs=1e-12)
    assert (figure.n_trials, figure.n_judgements) == (expected.n_trials, expected.n_judgements)


@pytest.mark.parametrize("by_people", [True, False])
@pytest.mark.parametrize("statistic", STATISTICS, ids=lambda one: type(one).__name__)
def test_under_weights_too(statistic, by_people):
    judged, rng = crowd(), np.random.default_rng(0)
    of_people, of_trials = rng.integers(3, size=(9, 4)).astype(float), rng.integers(3, size=(40, 4)).astype(float)

    def sample(judgements: Judgements) -> Sample:
        incidence = Incidence(judgements)
        if by_people:
            return Sample.of_people(incidence, of_people, of_trials)
        return Sample(incidence, of_people[judgements.participant], of_trials)

    found = Without(statistic, KEPT).values(sample(judged))
    assert found == pytest.approx(statistic.values(sample(judged.where(KEPT[judged.participant]))), abs=1e-12)


def test_leaving_nobody_out_changes_nothing_and_everybody_leaves_nothing():
    statistics = {"all": Fleiss()}
    statistics |= {"same": Without(Fleiss(), np.ones(9, bool)), "none": Without(Fleiss(), np.zeros(9, bool))}
    resampled = bootstrap.two_way(crowd(), statistics, n_resamples=50)

    assert resampled.difference("same", "all").estimate == 0
    assert resampled.difference("none", "all").reason == "no trial has 2 or more judgements"
