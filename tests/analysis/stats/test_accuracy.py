"""Accuracy of a model at judgement, majority and unanimous level."""

import numpy as np
import pytest

from analysis.stats.accuracy import JudgementAccuracy, MajorityAccuracy, UnanimousAccuracy

FIRST, SECOND, THIRD = np.eye(3)
# Trial 0 is unanimous for slot 0, trial 1 has the majority 2 of 3 for slot 1, trial 2 is split, trial 3 has 2 answers.
ANSWERS = [[0, 0, 0], [1, 1, 2], [0, 1, 2], [2, 2, None]]


def test_every_judgement_counts_once(from_table):
    figure = JudgementAccuracy([FIRST, FIRST, FIRST, THIRD]).figure(from_table(ANSWERS))

    assert figure.estimate == pytest.approx((3 + 0 + 1 + 2) / 11)
    assert (figure.n_trials, figure.n_judgements) == (4, 11)


def test_majority_is_more_than_half(from_table):
    judged = from_table([*ANSWERS, [0, 1, None]])
    figure = MajorityAccuracy([FIRST, FIRST, FIRST, THIRD, FIRST]).figure(judged)

    assert figure.estimate == pytest.approx(2 / 3)
    assert (figure.n_trials, figure.n_judgements) == (3, 8)


def test_unanimous_needs_three_judgements(from_table):
    figure = UnanimousAccuracy([FIRST, FIRST, FIRST, FIRST]).figure(from_table(ANSWERS))

    assert figure.estimate == 1
    assert (figure.n_trials, figure.n_judgements) == (1, 3)


def test_ties_of_the_model_share(from_table):
    half = (FIRST + SECOND) / 2

    assert JudgementAccuracy([half] * 4).figure(from_table(ANSWERS)).estimate == pytest.approx((1.5 + 1 + 1 + 0) / 11)
    assert UnanimousAccuracy([half] * 4).figure(from_table(ANSWERS)).estimate == 0.5


def test_trials_the_model_does_not_cover_are_left_out(from_table):
    figure = JudgementAccuracy([FIRST, np.full(3, np.nan), FIRST, THIRD]).figure(from_table(ANSWERS))

    assert figure.estimate == pytest.approx(6 / 8)
    assert (figure.n_trials, figure.n_judgements) == (3, 8)


def test_reasons(from_table):
    nothing = np.full((2, 3), np.nan)
    split = from_table([[0, 1], [1, 2]])
    credit = np.array([FIRST, FIRST])

    assert JudgementAccuracy(nothing).figure(split).reason == "the model covers none of the judged trials"
    assert MajorityAccuracy(nothing).figure(split).reason == "the model covers none of the judged trials"
    assert MajorityAccuracy(credit).figure(split).reason == "no trial has a strict majority"
    assert "3 or more judgements" in UnanimousAccuracy(credit).figure(split).reason
    assert JudgementAccuracy(credit).figure(split.where([False] * 4)).reason == "no judgements"


def test_credit_of_other_trials_is_refused(from_table):
    with pytest.raises(ValueError, match=r"shape \(4, 3\) like the judgements, not \(2, 3\)"):
        JudgementAccuracy([FIRST, FIRST]).figure(from_table(ANSWERS))
