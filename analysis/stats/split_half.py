"""Split-half reliability of ratings: how well one half of the raters predicts the other."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.figure import ALL_VALUES_EQUAL, NO_JUDGEMENTS, Figure
from analysis.stats.judgements import BoolArray, FloatArray, IntArray, Judgements, category_values
from analysis.stats.sample import Incidence
from analysis.stats.statistic import ratio

FEWEST_TRIALS = 3


def split_half(
    judgements: Judgements, values: ArrayLike | None = None, *, n_splits: int = 200, seed: int = 0
) -> Figure:
    """Return the correlation of trial means between random halves of the raters, corrected, averaged over splits.

    `values` (K,): the numbers of the categories, 0 … K − 1 by default. Raters, not single ratings, are split, so that
    one rater's habits stay in one half. A split is corrected to the full number of raters by Spearman (1910) and
    Brown (1910), 2r ÷ (1 + |r|); the absolute value keeps negative correlations within −1 (Parsons, Kruijt & Fox
    2019). Undefined with fewer than two raters, where some split leaves fewer than three trials rated by both
    halves, or no variation in a half.
    """
    raters = np.unique(judgements.participant)
    method = f"split-half, Spearman–Brown, mean of {n_splits} splits, seed {seed}"
    n_trials = int((judgements.per_trial > 0).sum())
    figure = Figure.undefined(NO_JUDGEMENTS, n_trials=n_trials, n_judgements=len(judgements), method=method)
    if len(raters) < 2:
        return figure.because("only one rater") if len(raters) else figure
    numbers = category_values(judgements, values)[judgements.choice]
    in_first = _first_half(raters, n_splits, seed)[np.searchsorted(raters, judgements.participant)]
    one, other = (_trial_means(judgements, numbers, half) for half in (in_first, ~in_first))
    shared = ~np.isnan(one) & ~np.isnan(other)
    if shared.sum(axis=0).min() < FEWEST_TRIALS:
        return figure.because("fewer than three trials are rated by both halves")
    r = _correlations(one, other, shared)
    if np.isnan(r).any():
        return figure.because(ALL_VALUES_EQUAL if np.ptp(numbers) == 0 else "no variation within a half")
    return figure.with_estimate(float((2 * r / (1 + np.abs(r))).mean()))


def _first_half(raters: IntArray, n_splits: int, seed: int) -> BoolArray:
    """Return who is in the first half: (n_raters, n_splits), an equal number (one fewer if odd) in each split."""
    order = np.random.default_rng(seed).permuted(np.tile(np.arange(len(raters)), (n_splits, 1)), axis=1)
    return np.asarray(len(raters) // 2 > order.T)


def _trial_means(judgements: Judgements, numbers: FloatArray, half: BoolArray) -> FloatArray:
    """Return the mean of each trial over the ratings of one half: (n_trials, n_splits), NaN where there is none."""
    of_trials = Incidence(judgements).of_trials
    weights = half.astype(np.float64)
    return ratio(of_trials @ (weights * numbers[:, None]), of_trials @ weights)


def _correlations(one: FloatArray, other: FloatArray, shared: BoolArray) -> FloatArray:
    """Return Pearson's r of each split over its shared trials: (n_splits,), NaN where a half does not vary."""
    n = shared.sum(axis=0)
    x, y = (np.where(shared, means, 0.0) for means in (one, other))
    x, y = (np.where(shared, means - means.sum(axis=0) / n, 0.0) for means in (x, y))
    return ratio((x * y).sum(axis=0), np.sqrt((x**2).sum(axis=0) * (y**2).sum(axis=0)))
