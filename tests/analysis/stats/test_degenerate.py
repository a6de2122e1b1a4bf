"""Whatever the judgements, every statistic gives a finite figure or a named reason, for every kind of interval."""

from itertools import pairwise

import numpy as np
import pytest

from analysis.stats import bootstrap
from analysis.stats.accuracy import JudgementAccuracy, MajorityAccuracy, UnanimousAccuracy
from analysis.stats.alpha import Alpha
from analysis.stats.ceilings import LeaveOneOut, ModelRelative, Oracle
from analysis.stats.compare import paired_sign_flip
from analysis.stats.icc import icc_agreement
from analysis.stats.judgements import Judgements
from analysis.stats.kappa import BrennanPrediger, Fleiss, GwetAC1, PercentAgreement, conger
from analysis.stats.over_all import OverAll
from analysis.stats.split_half import split_half
from analysis.stats.suitability import WithinContext, WithinContextCeiling
from analysis.stats.temperature import cross_validated
from analysis.stats.top_choice import PeopleTopChoice, TopChoice


def judged(trial, participant, choice, n_trials=4, n_participants=3):
    cluster = np.arange(n_trials) // 2
    empty = np.zeros(0, dtype=int)
    given = (trial, participant, choice) if len(trial) else (empty, empty, empty)
    return Judgements(*given, n_trials, n_participants, 3, cluster)


EVERY = np.indices((4, 3)).reshape(2, -1)
STUDIES = {
    "no judgements": judged([], [], []),
    "no trials": Judgements([], [], [], 0, 0, 3, np.zeros(0, dtype=int)),
    "one judgement": judged([1], [2], [0]),
    "one participant": judged([0, 1, 2, 3], [0, 0, 0, 0], [0, 1, 2, 0]),
    "one trial": judged([0, 0, 0], [0, 1, 2], [0, 1, 0]),
    "one cluster": judged([0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]),
    "all equal": judged(*EVERY, np.ones(12, dtype=int)),
    "no two agree": judged(*EVERY, np.tile([0, 1, 2], 4)),
    "one judgement a trial": judged([0, 1, 2, 3], [0, 1, 2, 0], [0, 1, 2, 0]),
    "ordinary": judged(*EVERY, [0, 0, 1, 1, 1, 1, 2, 0, 2, 0, 1, 2]),
}
SIMILARITIES = {
    "distinct": np.array([[3.0, 2, 1], [1, 3, 2], [1, 2, 3], [2, 3, 1]]),
    "all tied": np.ones((4, 3)),
    "half covered": np.array([[3.0, 2, 1], [np.nan] * 3, [1, 2, 3], [np.nan] * 3]),
    "not covered": np.full((4, 3), np.nan),
}


def statistics(similarities, n_trials):
    from analysis.stats.triads import credit

    earned, scores, is_true = credit(similarities)[:n_trials], similarities[:n_trials, 0], np.arange(n_trials) % 2 == 0
    about_model = [JudgementAccuracy, MajorityAccuracy, UnanimousAccuracy, ModelRelative]
    about_people = [
        LeaveOneOut(),
        Oracle(),
        PercentAgreement(),
        Fleiss(),
        Fleiss("trial"),
        GwetAC1(),
        BrennanPrediger(),
    ]
    levels = [Alpha(level) for level in ("nominal", "ordinal", "interval")]
    orders = [WithinContext(scores, m) for m in ("pairwise", "kendall", "spearman")]
    ceilings = [WithinContextCeiling(m) for m in ("pairwise", "kendall", "spearman")]
    rest = [OverAll(scores), OverAll(scores, "kendall"), TopChoice(scores, is_true), PeopleTopChoice(is_true)]
    every = [*(make(earned) for make in about_model), *about_people, *levels, *orders, *ceilings, *rest]
    return {f"{number} {statistic.method}": statistic for number, statistic in enumerate(every)}


@pytest.mark.parametrize("similarities", SIMILARITIES)
@pytest.mark.parametrize("study", STUDIES)
def test_every_figure_is_defined_or_says_why(study, similarities):
    judgements = STUDIES[study]
    resampled = bootstrap.two_way(
        judgements, statistics(SIMILARITIES[similarities], judgements.n_trials), n_resamples=25
    )
    names = list(resampled.statistics)

    for kind in ("percentile", "bca", "calibrated"):
        for name in names:
            figure = resampled.figure(name, interval=kind)
            assert figure.reason if figure.low is None else not figure.reason, name
        for one, other in pairwise(names):
            difference = resampled.difference(one, other, interval=kind)
            assert difference.reason if difference.low is None else not difference.reason


@pytest.mark.parametrize("similarities", SIMILARITIES)
@pytest.mark.parametrize("study", STUDIES)
def test_functions_too(study, similarities):
    judgements, table = STUDIES[study], SIMILARITIES[similarities][: STUDIES[study].n_trials]
    figures = [
        conger(judgements),
        split_half(judgements, n_splits=5),
        icc_agreement(judgements.matrix()),
        cross_validated(table, judgements).log_loss,
    ]
    p = paired_sign_flip(judgements, table, table[:, ::-1])

    assert all(figure.is_defined or figure.reason for figure in figures)
    assert p is None or 0 < p <= 1


def test_no_judgements_is_the_reason_everywhere():
    for statistic in statistics(SIMILARITIES["distinct"], 4).values():
        assert statistic.figure(STUDIES["no judgements"]).reason == "no judgements"


def test_one_participant_or_trial_has_no_interval():
    accuracy = {"a": JudgementAccuracy(np.eye(3)[[0, 1, 2, 0]])}

    for study, reason in (("one participant", "only one participant"), ("one cluster", "only one trial")):
        figure = bootstrap.two_way(STUDIES[study], accuracy, n_resamples=10).figure("a")
        assert figure.is_defined
        assert figure.reason == f"no interval: {reason}"


def test_all_equal_answers_have_no_alpha_and_no_kappa_but_an_ac1():
    equal = STUDIES["all equal"]

    assert Alpha().figure(equal).reason == "all values equal"
    assert Fleiss().figure(equal).reason == "all values equal"
    assert GwetAC1().figure(equal).estimate == 1
