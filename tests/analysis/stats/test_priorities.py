"""What one more judgement tells: against definitions, exact cases and simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.priorities import committee_information, undecided

counts = st.lists(st.integers(0, 12), min_size=3, max_size=3)


def test_models_that_agree_leave_nothing_to_learn() -> None:
    said = np.array([[0.5, 0.3, 0.2], [1 / 3, 1 / 3, 1 / 3]])
    assert committee_information([said, said, said]) == pytest.approx([0, 0], abs=1e-12)


def test_information_is_that_between_answer_and_model() -> None:
    rng = np.random.default_rng(1)
    said = rng.dirichlet([1, 1, 1], size=(4, 50))
    joint = said / 4  # model × trial × answer, each model as likely as any
    marginal = joint.sum(axis=0)
    expected = (joint * np.log2(joint / (0.25 * marginal))).sum(axis=(0, 2))
    assert committee_information(said) == pytest.approx(expected, abs=1e-12)
    assert committee_information(said[::-1]) == pytest.approx(expected, abs=1e-12)


def test_two_certain_models_that_differ_are_worth_one_bit() -> None:
    said = np.eye(3)[[[0, 1, 2], [0, 2, 2]]]
    assert committee_information(said) == pytest.approx([0, 1, 0])


def test_only_models_that_cover_a_trial_have_a_say() -> None:
    said = np.array([[[0.8, 0.1, 0.1]], [[0.1, 0.8, 0.1]], [[np.nan] * 3]])
    assert committee_information(said) == pytest.approx(committee_information(said[:2]))
    assert committee_information(said[[0, 2]]) == pytest.approx([0.0])
    assert committee_information(said[[2, 2]]) == pytest.approx([0.0])


@pytest.mark.parametrize("wrong", [[[0.5, 0.5]], [[[0.5, 0.6, 0.1]], [[1, 0, 0]]], [[[-0.1, 1.1, 0]], [[1, 0, 0]]]])
def test_what_is_no_probability_is_refused(wrong: list[object]) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        committee_information(wrong)


@pytest.mark.parametrize("row", [[0, 0, 0], [1, 0, 0], [3, 2, 0], [2, 2, 2], [9, 6, 5], [20, 1, 0]])
def test_undecided_is_the_posterior_probability(row: list[int]) -> None:
    shares = np.random.default_rng(2).dirichlet(np.sort(row)[::-1] + 0.5, size=400_000)
    assert undecided([row])[0] == pytest.approx((shares.argmax(axis=1) != 0).mean(), abs=0.004)


def test_two_slots_against_the_beta_distribution() -> None:
    from scipy.stats import beta

    assert undecided([[7, 3]])[0] == pytest.approx(beta.cdf(0.5, 7.5, 3.5), abs=0.003)


@given(counts)
def test_slots_have_no_names_and_agreement_decides(row: list[int]) -> None:
    here = undecided([row, row[::-1]])
    assert here[0] == here[1]
    assert 0 <= here[0] <= 2 / 3 + 1e-3
    leader = int(np.argmax(row))
    more = list(row)
    more[leader] += 1
    assert undecided([more])[0] <= here[0] + 1e-3


def test_no_trials_and_counts_that_cannot_be() -> None:
    assert undecided(np.zeros((0, 3))).shape == (0,)
    with pytest.raises(ValueError, match="counts"):
        undecided([[1, -1, 0]])
