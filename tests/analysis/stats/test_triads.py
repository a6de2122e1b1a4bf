"""Credit, choice and probabilities of triads; ties and gaps."""

import numpy as np
import pytest

from analysis.stats import triads

NAN = np.nan


def test_ties_share_the_credit():
    credit = triads.credit([[0.9, 0.1, 0.2], [0.4, 0.4, 0.1], [0.2, 0.2, 0.2]])

    assert credit.tolist() == [[1, 0, 0], [0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3]]


def test_a_trial_that_misses_a_clip_is_not_covered():
    similarities = [[0.9, NAN, NAN], [0.1, 0.2, 0.3]]

    assert np.isnan(triads.credit(similarities)[0]).all()
    assert np.isnan(triads.probabilities(similarities, 1.0)[0]).all()
    assert triads.choices(similarities).tolist() == [-1, 2]


def test_a_tie_is_no_single_choice():
    assert triads.choices([[0.5, 0.5, 0.1], [0.1, 0.6, 0.5]]).tolist() == [-1, 1]


def test_probabilities_are_a_softmax_and_blind_at_infinite_temperature():
    s = np.array([[0.1, 0.5, -0.3]])

    assert triads.probabilities(s, 0.2) == pytest.approx(np.exp(s / 0.2) / np.exp(s / 0.2).sum(), abs=1e-15)
    assert triads.probabilities(s, np.inf).tolist() == [[1 / 3] * 3]
    assert triads.probabilities(s, 1e-6).tolist() == [[0, 1, 0]]


@pytest.mark.parametrize("temperature", [0, -1, NAN])
def test_temperature_must_be_positive(temperature):
    with pytest.raises(ValueError, match="must be positive"):
        triads.probabilities([[1.0, 2.0, 3.0]], temperature)


def test_bad_similarities_are_refused():
    with pytest.raises(ValueError, match="trial 1 are infinite"):
        triads.credit([[0.1, 0.2, 0.3], [np.inf, 0, 0]])
    with pytest.raises(ValueError, match=r"\(n_trials, 3\)"):
        triads.credit([0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="1 trials were given for 2"):
        triads.validated([[0.1, 0.2, 0.3]], n_trials=2)


def test_two_models_are_reduced_to_what_both_cover():
    one, other = triads.shared_trials(np.array([[1, 0, 0], [NAN] * 3]), np.array([[0, 1, 0], [0, 0, 1]]))

    assert one.tolist()[0] == [1, 0, 0]
    assert np.isnan(one[1]).all()
    assert np.isnan(other[1]).all()
