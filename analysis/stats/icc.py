"""Intraclass correlations for absolute agreement in a two-way random model: ICC(A,1) and ICC(A,k).

McGraw & Wong 1996, "Forming inferences about some intraclass correlation coefficients", Psychological Methods 1:
formulas of table 4, intervals of table 7. They ask for a complete table: every rater rated everything.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.figure import ALL_VALUES_EQUAL, NO_JUDGEMENTS, Figure
from analysis.stats.judgements import FloatArray
from analysis.stats.statistic import NEARLY_ZERO

INTERVAL = "F interval of McGraw & Wong 1996"


@dataclass(frozen=True)
class MeanSquares:
    """Two-way analysis of variance of n rated objects (rows) by k raters (columns), one rating a cell."""

    n: int
    k: int
    rows: float
    columns: float
    error: float

    @classmethod
    def of(cls, table: FloatArray) -> "MeanSquares":
        """Compute the mean squares of a complete (n, k) table, n and k at least 2."""
        n, k = table.shape
        by_row, by_column, centre = table.mean(axis=1), table.mean(axis=0), table.mean()
        residual = table - by_row[:, None] - by_column + centre
        return cls(
            n,
            k,
            k * float(((by_row - centre) ** 2).sum()) / (n - 1),
            n * float(((by_column - centre) ** 2).sum()) / (k - 1),
            float((residual**2).sum()) / ((n - 1) * (k - 1)),
        )

    def single(self) -> float | None:
        """ICC(A,1): one rater; None where the denominator is 0."""
        noise = self.k * (self.columns - self.error) / self.n
        return _divided(self.rows - self.error, self.rows + (self.k - 1) * self.error + noise)

    def mean(self) -> float | None:
        """ICC(A,k): the mean of all raters; None where the denominator is 0."""
        return _divided(self.rows - self.error, self.rows + (self.columns - self.error) / self.n)


def icc_agreement(ratings: ArrayLike, *, average: bool = False, confidence: float = 0.95) -> Figure:
    """Return ICC(A,1), the reliability of one rater, or with `average` ICC(A,k), that of the mean of all k.

    `ratings`: (n_objects, n_raters), NaN where missing; the interval is McGraw & Wong's. Undefined where a rating is
    missing, with fewer than two objects or raters, and where all ratings are equal.
    """
    table = np.asarray(ratings, dtype=np.float64)
    n, k = table.shape
    name = f"ICC(A,{'k' if average else 1})"
    figure = Figure.undefined(NO_JUDGEMENTS, n_trials=n, n_judgements=int((~np.isnan(table)).sum()), method=name)
    reason = _why_not(table)
    if reason:
        return figure.because(reason)
    squares = MeanSquares.of(table)
    single, mean = squares.single(), squares.mean()
    estimate = mean if average else single
    if estimate is None:
        return figure.because("neither the rated objects nor the raters differ beyond the error")
    figure = figure.with_estimate(estimate)
    ends = _interval(squares, single, confidence) if single is not None else None
    if ends is not None and average:
        ends = (_stepped_up(ends[0], k), _stepped_up(ends[1], k)) if 1 + (k - 1) * ends[0] > 0 else None
    if ends is None:
        return figure.without_interval("no interval: too little error between raters, or too little data")
    return figure.with_interval(*ends, method=INTERVAL)


def _why_not(table: FloatArray) -> str:
    if table.size == 0:
        return NO_JUDGEMENTS
    if min(table.shape) < 2:
        return "fewer than two rated objects or raters"
    if np.isnan(table).any():
        return "not every rater rated everything"
    return ALL_VALUES_EQUAL if np.ptp(table) == 0 else ""


def _interval(squares: MeanSquares, single: float, confidence: float) -> tuple[float, float] | None:
    """McGraw & Wong 1996, table 7, case 2A, with the Satterthwaite degrees of freedom of its footnote."""
    from scipy.stats import f

    if squares.error < NEARLY_ZERO or single >= 1:
        return None
    n, k = squares.n, squares.k
    a = k * single / (n * (1 - single))
    b = 1 + k * single * (n - 1) / (n * (1 - single))
    degrees = (a * squares.columns + b * squares.error) ** 2 / (
        (a * squares.columns) ** 2 / (k - 1) + (b * squares.error) ** 2 / ((n - 1) * (k - 1))
    )
    tail = 1 - (1 - confidence) / 2
    lower_f, upper_f = f.ppf(tail, n - 1, degrees), f.ppf(tail, degrees, n - 1)
    spread = k * squares.columns + (k * n - k - n) * squares.error
    low = n * (squares.rows - lower_f * squares.error) / (lower_f * spread + n * squares.rows)
    high = n * (upper_f * squares.rows - squares.error) / (spread + n * upper_f * squares.rows)
    return (float(low), float(high)) if low <= high else None  # not so for NaN either


def _stepped_up(single: float, k: int) -> float:
    """Spearman–Brown: the reliability of the mean of k raters from that of one."""
    return k * single / (1 + (k - 1) * single)


def _divided(numerator: float, denominator: float) -> float | None:
    return numerator / denominator if abs(denominator) > NEARLY_ZERO else None
