"""Leave-one-out consistency, the oracle, and a model's place between chance and the ceiling."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.accuracy import JudgementAccuracy
from analysis.stats.ceilings import LeaveOneOut, ModelRelative, Oracle
from analysis.stats.judgements import Judgements

ANSWERS = [[0, 0, 0, 1], [2, 2, 1, 1], [0, 1, None, None], [2, None, None, None]]


def test_leave_one_out_by_hand(from_table):
    # 0 0 0 1: three see a mode of 0 and agree, one does not. 2 2 1 1: each sees the other pair win. 0 1: none.
    figure = LeaveOneOut().figure(from_table(ANSWERS))

    assert figure.estimate == pytest.approx(3 / 10)
    assert (figure.n_trials, figure.n_judgements) == (3, 10)


def test_others_that_tie_share(from_table):
    # For the 0 in 0 0 1 1 2 … the others 0 1 1 2 have mode 1; for the 2 they are 0 0 1 1, where 2 earns nothing.
    # For the 0 in 0 1: nothing. For the 0 in 0 0 1: the others 0 1 tie, one half.
    assert LeaveOneOut().figure(from_table([[0, 0, 1]])).estimate == pytest.approx((0.5 + 0.5 + 0) / 3)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 2), min_size=0, max_size=7), min_size=1, max_size=6), st.integers(2, 4))
def test_leave_one_out_one_by_one(trials, at_least):
    earned = []
    for said in trials:
        for own in range(len(said)) if len(said) >= at_least else []:
            others = Counter(said[:own] + said[own + 1 :])
            best = [k for k, n in others.items() if n == max(others.values())]
            earned.append((said[own] in best) / len(best))
    flat = [(t, p, x) for t, said in enumerate(trials) for p, x in enumerate(said)]
    judged = Judgements(*np.array(flat, dtype=int).reshape(-1, 3).T, len(trials), 7)
    figure = LeaveOneOut(at_least).figure(judged)

    assert figure.estimate == (pytest.approx(np.mean(earned), abs=1e-12) if earned else None)
    assert figure.n_judgements == len(earned)


def test_oracle_is_the_best_any_model_can_do(from_table):
    judged = from_table(ANSWERS)
    best = np.eye(3)[judged.counts.argmax(axis=1)]

    assert Oracle().figure(judged).estimate == pytest.approx((3 + 2 + 1 + 1) / 11)
    assert Oracle().figure(judged).estimate == pytest.approx(JudgementAccuracy(best).figure(judged).estimate)


def test_model_relative_is_zero_at_chance_and_one_at_the_ceiling(from_table):
    judged = from_table([[0, 0, 0, 1], [1, 1, 1, 1], [2, 2, 2, 0]])
    ceiling = LeaveOneOut().figure(judged).estimate
    blind = ModelRelative(np.full((3, 3), 1 / 3)).figure(judged)
    best = ModelRelative(np.eye(3)).figure(judged)

    assert blind.estimate == pytest.approx(0)
    assert best.estimate == pytest.approx((10 / 12 - 1 / 3) / (ceiling - 1 / 3))


def test_model_relative_takes_accuracy_and_ceiling_from_the_same_judgements(from_table):
    judged = from_table([[0, 0, 0], [1, 1, 1], [2, None, None], [0, 0, 0]])
    credit = np.array([[1.0, 0, 0], [1, 0, 0], [1, 0, 0], [np.nan] * 3])  # trial 2 is single, trial 3 not covered
    figure = ModelRelative(credit).figure(judged)

    assert figure.estimate == pytest.approx((1 / 2 - 1 / 3) / (1 - 1 / 3))
    assert (figure.n_trials, figure.n_judgements) == (2, 6)


def test_reasons(from_table):
    credit = np.eye(3)[:2]

    assert LeaveOneOut(5).figure(from_table(ANSWERS)).reason == "no trial has 5 or more judgements"
    assert ModelRelative(credit).figure(from_table([[0, 1, 2], [0, 1, 2]])).reason == (
        "people agree with each other no better than chance"
    )
    with pytest.raises(ValueError, match="at least two"):
        LeaveOneOut(1)
