"""From resampled values to intervals: percentile, BCa, and percentile with the noise of judgements counted once."""

from typing import Literal

import numpy as np

from analysis.stats.judgements import FloatArray

Kind = Literal["percentile", "bca", "calibrated"]
NAMES: dict[Kind, str] = {"percentile": "percentile", "bca": "BCa", "calibrated": "calibrated percentile"}


class NoIntervalError(ValueError):
    """There is no such interval; the message names why."""


def interval(
    kind: Kind, draws: FloatArray, estimate: float, influences: list[FloatArray], level: float
) -> tuple[float, float]:
    """Return the interval of one kind from resampled values, (B,) and none NaN.

    `influences` are the jackknife influences of participants, of clusters of trials and of single judgements, each
    (number of units,); percentile intervals need none. Raises `NoIntervalError` where there is no such interval.
    """
    if kind == "percentile":
        return percentile(draws, level)
    if any(np.isnan(one).any() for one in influences):
        raise NoIntervalError(f"no {NAMES[kind]} interval: undefined when a participant or trial is left out")
    return (bca if kind == "bca" else calibrated)(draws, estimate, influences, level)


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
    """Return the percentile interval with its deviations shrunk to the standard error of crossed random effects.

    In the two-way bootstrap the noise of single judgements counts three times (Owen 2007, section 3), which makes
    intervals much too wide where each trial has few judgements. The variance that counts it once is V_participants +
    V_trials − V_judgements (Cameron, Gelbach & Miller 2011, "Robust inference with multiway clustering"), here from
    jackknives, and not below that of the trials alone. Never wider than the percentile interval.
    """
    people, trials, single = (float((one**2).sum()) / (len(one) * (len(one) - 1)) for one in influences)
    unbiased = max(people + trials - single, trials)
    spread = float(draws.var())
    factor = min(1.0, float(np.sqrt(unbiased / spread))) if spread > 0 else 1.0
    low, high = percentile(draws, level)
    return estimate + factor * (low - estimate), estimate + factor * (high - estimate)


def _acceleration(influences: list[FloatArray]) -> float:
    third = sum(float((one**3).sum()) / len(one) ** 3 for one in influences)
    second = sum(float((one**2).sum()) / len(one) ** 2 for one in influences)
    return third / (6 * second**1.5) if second > 0 else 0.0
