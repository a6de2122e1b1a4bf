"""From resampled values to intervals: percentile, BCa, and BCa with the noise of judgements counted once."""

from typing import Literal

import numpy as np

from analysis.stats.judgements import FloatArray

Kind = Literal["percentile", "bca", "calibrated"]
DEFAULT: Kind = "calibrated"
NAMES: dict[Kind, str] = {"percentile": "percentile", "bca": "BCa", "calibrated": "calibrated BCa"}
FEWEST_TELLING = 10  # trials; with fewer their variance is too poorly known to calibrate by


class NoIntervalError(ValueError):
    """There is no such interval; the message names why."""


def interval(
    kind: Kind, draws: FloatArray, estimate: float, influences: list[FloatArray], level: float
) -> tuple[float, float, str]:
    """Return low, high and name of the interval of one kind from resampled values, (B,) and none NaN.

    `influences` are the jackknife influences of participants, of clusters of trials and of single answers, each
    (number of units,); percentile intervals need none. Raises `NoIntervalError` where there is no BCa interval; where
    a calibrated one cannot be had, or rests on fewer than ten trials that are unlike the others, the wider percentile
    interval stands in, under its own name.
    """
    if kind == "percentile":
        return *percentile(draws, level), NAMES["percentile"]
    undefined = any(np.isnan(one).any() or len(one) < 2 for one in influences)
    if kind == "bca":
        if undefined:
            raise NoIntervalError("no BCa interval: undefined when a participant or trial is left out")
        return *bca(draws, estimate, influences, level), NAMES["bca"]
    if undefined or _n_telling(influences[1]) < FEWEST_TELLING:
        return *percentile(draws, level), NAMES["percentile"]
    try:
        return *calibrated(draws, estimate, influences, level), NAMES["calibrated"]
    except NoIntervalError:
        return *percentile(draws, level), NAMES["percentile"]


def percentile(draws: FloatArray, level: float) -> tuple[float, float]:
    """Return the middle `level` of the resampled values (Efron & Tibshirani 1993, section 13.3)."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def bca(draws: FloatArray, estimate: float, influences: list[FloatArray], level: float) -> tuple[float, float]:
    """Return the bias-corrected and accelerated interval of Efron 1987, "Better bootstrap confidence intervals".

    The bias correction z₀ comes from the share of resampled values below the estimate, equal ones counting half. The
    data are two samples, participants and trials, so the acceleration is that of several samples (Davison &
    Hinkley 1997, "Bootstrap methods and their application", section 5.3.2): with the influence l_ij of unit j of
    sample i, of n_i units, a = Σ_i n_i⁻³ Σ_j l_ij³ ÷ (6 (Σ_i n_i⁻² Σ_j l_ij²)^{3/2}).
    """
    from scipy.special import ndtr, ndtri

    below = ((draws < estimate).mean() + (draws <= estimate).mean()) / 2
    if below in (0.0, 1.0):
        raise NoIntervalError("no BCa interval: all resamples lie on one side of the estimate")
    bias = ndtri(below)
    acceleration = _acceleration(influences[:2])
    z = bias + ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    if (acceleration * z >= 1).any():
        raise NoIntervalError("no BCa interval: the acceleration is too large")
    low, high = np.quantile(draws, ndtr(bias + z / (1 - acceleration * z)))
    return float(low), float(high)


def calibrated(draws: FloatArray, estimate: float, influences: list[FloatArray], level: float) -> tuple[float, float]:
    """Return the BCa interval with its ends moved to where the standard error of crossed random effects puts them.

    In the two-way bootstrap the noise of single answers counts three times (Owen 2007, section 3), which makes
    intervals much too wide where each trial has few of them. The variance that counts it once is V_participants +
    V_trials − V_answers (Cameron, Gelbach & Miller 2011, "Robust inference with multiway clustering"), here from
    jackknives, and not below that of the trials alone. Where the units are few its own uncertainty is that of a t
    distribution, with the degrees of freedom of Satterthwaite 1946 ("An approximate distribution of estimates of
    variance components"). A difference of estimates is subject to chance, and those degrees of freedom with it: they
    are no fewer than half of the smaller sample's. (Statistics of pairs of judgements, such as kappa, do have fewer
    than that sample.) Ends never lie further out than the BCa interval's, but for that t. Raises `NoIntervalError`
    where there is no BCa interval.
    """
    from scipy.special import ndtri, stdtrit

    low, high = bca(draws, estimate, influences, level)
    people, trials, single = (float((one**2).sum()) / (len(one) * (len(one) - 1)) for one in influences)
    unbiased = max(people + trials - single, trials)
    spread = float(draws.var())
    factor = min(1.0, float(np.sqrt(unbiased / spread))) if spread > 0 else 1.0
    n_people, n_trials = len(influences[0]) - 1, len(influences[1]) - 1
    noise = people**2 / n_people + trials**2 / n_trials
    freedom = max(unbiased**2 / noise if noise > 0 else 0.0, min(n_people, n_trials) / 2)
    tail = (1 + level) / 2
    factor *= float(stdtrit(freedom, tail) / ndtri(tail))
    return estimate + factor * (low - estimate), estimate + factor * (high - estimate)


def _n_telling(influence: FloatArray) -> int:
    """Return how many units are unlike most: of a difference of two models, the trials that tell them apart."""
    _, counts = np.unique(np.round(influence, 9), return_counts=True)
    return int(len(influence) - counts.max(initial=0))


def _acceleration(influences: list[FloatArray]) -> float:
    third = sum(float((one**3).sum()) / len(one) ** 3 for one in influences)
    second = sum(float((one**2).sum()) / len(one) ** 2 for one in influences)
    return third / (6 * second**1.5) if second > 0 else 0.0
