"""From resampled values to intervals: percentile, BCa, and percentile with the noise counted once."""

from typing import Literal

import numpy as np

from analysis.stats.judgements import FloatArray

Kind = Literal["percentile", "bca", "calibrated"]


class NoIntervalError(ValueError):
    """There is no such interval; the message names why."""


def percentile(draws: FloatArray, level: float) -> tuple[float, float]:
    """Return the middle `level` of the resampled values (Efron & Tibshirani 1993, section 13.3)."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def bca(draws: FloatArray, estimate: float, influences: list[FloatArray], level: float) -> tuple[float, float]:
    """Return the bias-corrected and accelerated interval of Efron 1987, "Better bootstrap confidence intervals".

    Bias correction z0 from the share of resampled values below the estimate, values equal to it counting half. The
    data are two samples, participants and trials, so the acceleration is that of several samples (Davison &
    Hinkley 1997, "Bootstrap methods and their application", section 5.3.2): with the jackknife influences l_ij of
    unit j of sample i, a = Σ_i n_i⁻³ Σ_j l_ij³ ÷ (6 (Σ_i n_i⁻² Σ_j l_ij²)^{3/2}).
    """
    from scipy.special import ndtr, ndtri

    below = ((draws < estimate).mean() + (draws <= estimate).mean()) / 2
    if below in (0.0, 1.0):
        raise NoIntervalError("no BCa interval: all resamples lie on one side of the estimate")
    bias = ndtri(below)
    acceleration = _acceleration(influences)
    z = bias + ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    if (acceleration * z >= 1).any():
        raise NoIntervalError("no BCa interval: the acceleration is too large")
    low, high = np.quantile(draws, ndtr(bias + z / (1 - acceleration * z)))
    return float(low), float(high)


def _acceleration(influences: list[FloatArray]) -> float:
    if any(np.isnan(one).any() for one in influences):
        raise NoIntervalError("no BCa interval: undefined when one participant or trial is left out")
    third = sum(float((one**3).sum()) / len(one) ** 3 for one in influences)
    second = sum(float((one**2).sum()) / len(one) ** 2 for one in influences)
    return third / (6 * second**1.5) if second > 0 else 0.0


def calibrated(draws: FloatArray, estimate: float, influences: list[FloatArray], level: float) -> tuple[float, float]:
    """Return the percentile interval with deviations shrunk so that the noise of single judgements counts once."""
    if any(np.isnan(one).any() for one in influences):
        raise NoIntervalError("no calibrated interval: undefined when one participant or trial is left out")
    one_way = [float((one**2).sum()) / (len(one) * (len(one) - 1)) for one in influences]
    both = float(draws.var())
    unbiased = max(2 * sum(one_way) - both, *one_way)
    factor = min(1.0, float(np.sqrt(unbiased / both))) if both > 0 else 1.0
    low, high = percentile(draws, level)
    return estimate + factor * (low - estimate), estimate + factor * (high - estimate)


NAMES: dict[Kind, str] = {"percentile": "percentile", "bca": "BCa", "calibrated": "calibrated percentile"}


def interval(
    kind: Kind, draws: FloatArray, estimate: float, influences: list[FloatArray], level: float
) -> tuple[float, float]:
    """Return the interval of one kind; raise `NoIntervalError` where it does not exist."""
    if kind == "percentile":
        return percentile(draws, level)
    return (bca if kind == "bca" else calibrated)(draws, estimate, influences, level)
