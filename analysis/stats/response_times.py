"""One listener's response times: where they lie, how many are too short to have listened, and whether they drift."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.figure import Figure

NO_TIMES = "no response times"
FEWEST_FOR_DRIFT = 3
QUANTILES = {"rt_median_ms": 0.5, "rt_p10_ms": 0.1, "rt_p90_ms": 0.9}


def profile(rt_ms: ArrayLike, position: ArrayLike, least_ms: ArrayLike) -> dict[str, Figure]:
    """Return the figures of one listener's pages by name.

    `rt_ms`: (n,) milliseconds from the moment all sounds could be played; `position`: (n,) the page's number in the
    session; `least_ms`: (n,) what hearing every sound once takes, NaN where a duration is not known.
    `rt_drift` is the slope of log(rt) on position (least squares): −0.01 is 1 % faster with each page.
    """
    times, least = np.asarray(rt_ms, dtype=np.float64), np.asarray(least_ms, dtype=np.float64)
    n = len(times)
    figures = {
        name: _one(float(np.quantile(times, at)) if n else None, NO_TIMES, n, f"{at:g} quantile of response times")
        for name, at in QUANTILES.items()
    }
    known = ~np.isnan(least)
    early = float((times < least)[known].mean()) if known.any() else None
    reason = "no page with known durations" if n else NO_TIMES
    below = _one(early, reason, int(known.sum()), "share of pages answered sooner than hearing every sound once takes")
    return {**figures, "rt_below_hearing": below, "rt_drift": _drift(times, np.asarray(position, dtype=np.float64))}


def _drift(times: np.ndarray, position: np.ndarray) -> Figure:
    positive = times > 0
    x, y = position[positive], np.log(times[positive])
    method = "slope of log response time on the page's number"
    if len(x) < FEWEST_FOR_DRIFT or np.ptp(x) == 0:
        reason = f"fewer than {FEWEST_FOR_DRIFT} response times" if len(times) else NO_TIMES
        return _one(None, reason, len(x), method)
    x = x - x.mean()
    return _one(float((x * (y - y.mean())).sum() / (x**2).sum()), "", len(x), method)


def _one(value: float | None, reason: str, n: int, method: str) -> Figure:
    return Figure(value, n_trials=n, n_judgements=n, method=method, reason="" if value is not None else reason)
