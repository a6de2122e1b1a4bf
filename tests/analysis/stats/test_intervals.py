"""Percentile, BCa and calibrated intervals."""

import numpy as np
import pytest
from scipy.stats import bootstrap, norm, t

from analysis.stats import intervals


def influence(sample, statistic):
    left_out = np.array([statistic(np.delete(sample, k)) for k in range(len(sample))])
    return (len(sample) - 1) * (left_out.mean() - left_out)


def test_bca_of_two_samples_equals_scipy():
    rng = np.random.default_rng(5)
    people, trials = rng.exponential(size=15), rng.exponential(size=22)

    def ratio(one, other, axis=-1):
        return one.mean(axis=axis) / other.mean(axis=axis)

    reference = bootstrap((people, trials), ratio, n_resamples=800, method="BCa", rng=np.random.default_rng(1))
    influences = [
        influence(people, lambda kept: ratio(kept, trials)),
        influence(trials, lambda kept: ratio(people, kept)),
    ]
    low, high = intervals.bca(reference.bootstrap_distribution, float(ratio(people, trials)), influences, 0.95)

    assert (low, high) == pytest.approx(tuple(reference.confidence_interval), abs=1e-10)


def test_without_bias_and_skew_bca_is_the_percentile_interval():
    draws = np.linspace(-1, 1, 2001)
    symmetric = np.array([-1.0, 1.0])

    assert intervals.bca(draws, 0.0, [symmetric, symmetric], 0.9) == pytest.approx(
        intervals.percentile(draws, 0.9), abs=1e-12
    )


def test_an_estimate_outside_its_resamples_has_no_bca_interval():
    with pytest.raises(intervals.NoIntervalError, match="one side"):
        intervals.bca(np.arange(10.0), 20.0, [np.ones(3), np.ones(3)], 0.95)


def test_undefined_influences_are_named_or_leave_the_percentile_interval():
    draws, influences = np.arange(10.0), [np.array([np.nan, 1.0])] * 3
    with pytest.raises(intervals.NoIntervalError, match="no BCa interval: undefined when"):
        intervals.interval("bca", draws, 5.0, influences, 0.95)

    stands_in = intervals.interval("calibrated", draws, 5.0, influences, 0.95)
    assert stands_in == (*intervals.percentile(draws, 0.95), "percentile")
    same_but_nine = np.array([1.0, -1.0] * 4 + [2.0] + [0.0] * 30)
    few = intervals.interval("calibrated", draws, 4.5, [draws - 4.5, same_but_nine, draws - 4.5], 0.95)
    assert few == (*intervals.percentile(draws, 0.95), "percentile")
    ten = intervals.interval("calibrated", draws, 4.5, [draws - 4.5, np.append(same_but_nine, 3.0), draws - 4.5], 0.95)
    assert ten[2] == "calibrated BCa"
    outside = intervals.interval("calibrated", draws, 20.0, [np.ones(3)] * 3, 0.95)
    assert outside == (*intervals.percentile(draws, 0.95), "percentile")


def influences_of(variance, n):
    """Influences of n units, without skew, whose jackknife variance Σ l² ÷ n(n − 1) is the one given."""
    return np.tile([1.0, -1.0], n // 2) * np.sqrt(variance * (n - 1))


def test_calibration_never_widens_but_for_the_t_of_few_units():
    draws = np.random.default_rng(0).normal(size=2000)
    draws -= np.median(draws)
    for n in (10, 40, 4000):
        influences = [influences_of(v, n) for v in (100.0, 0.0, 0.0)]
        low, high = intervals.calibrated(draws, 0.0, influences, 0.95)
        bca = intervals.bca(draws, 0.0, influences, 0.95)
        wider = t.ppf(0.975, n - 1) / norm.ppf(0.975)
        assert (low, high) == pytest.approx((wider * bca[0], wider * bca[1]), rel=1e-9)


def test_calibration_counts_the_noise_once():
    draws = 2 * np.random.default_rng(0).normal(size=200_000)  # variance 4
    people, trials, single = (influences_of(v, 10_000) for v in (1.5, 1.2, 1.7))
    low, high = intervals.calibrated(draws, 0.0, [people, trials, single], 0.95)

    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(1.2), rel=0.02)  # not below the trials' 1.2
    low, high = intervals.calibrated(draws, 0.0, [people, trials, 0.5 * single], 0.95)
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(1.5 + 1.2 - 1.7 / 4), rel=0.02)
