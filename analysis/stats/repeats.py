"""How consistently one listener answers a trial that comes twice."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.figure import Figure
from analysis.stats.guessing import chance_of_at_least
from analysis.stats.judgements import FloatArray
from analysis.stats.with_others import FEWEST_PAIRS, AgainstGuessing, correlation_within

NO_REPEATS = "no trial was answered twice"


def same_choice(first: ArrayLike, second: ArrayLike, n_options: ArrayLike) -> AgainstGuessing:
    """Return the share of repeated trials with the same choice, beside 1 ÷ options for guessing.

    `first`, `second`, `n_options`: (n,) the clip chosen each time and how many there were. p is the chance that
    independent guesses agree as often (Poisson binomial; binomial where all trials have as many clips).
    """
    equal = np.asarray(first) == np.asarray(second)
    n = len(equal)
    figure = Figure.undefined(
        NO_REPEATS, n_trials=n, n_judgements=2 * n, method="share of repeats with the same choice"
    )
    if not n:
        return AgainstGuessing(figure)
    chance = 1 / np.asarray(n_options, dtype=np.float64)
    p = chance_of_at_least(float(equal.sum()), size=np.ones(n), probability=chance)
    return AgainstGuessing(figure.with_estimate(float(equal.mean())), float(chance.mean()), p)


def rating_difference(first: ArrayLike, second: ArrayLike, group: ArrayLike) -> AgainstGuessing:
    """Return the mean absolute difference of repeated ratings, beside that of the same ratings dealt at random.

    `first`, `second`: (n,) ratings of the same clip, as shares of the scale's width; `group`: (n,), the question of
    each. `expected` is the mean over all permutations of the second ratings within their question.
    """
    x, y = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    method = "mean absolute difference of repeated ratings, in widths of the scale"
    figure = Figure.undefined(NO_REPEATS, n_trials=len(x), n_judgements=2 * len(x), method=method)
    if not len(x):
        return AgainstGuessing(figure)
    of = np.asarray(group, dtype=np.int64)
    dealt = [np.abs(x[of == one][:, None] - y[of == one]).mean(axis=1) for one in np.unique(of)]
    expected = float(np.concatenate(dealt).mean())
    return AgainstGuessing(figure.with_estimate(float(np.abs(x - y).mean())), expected)


def rating_correlation(first: FloatArray, second: FloatArray, group: ArrayLike) -> Figure:
    """Return Pearson's correlation of repeated ratings, centred within question; the arguments are as above."""
    figure = correlation_within(first, second, np.asarray(group, dtype=np.int64))
    if len(first) < FEWEST_PAIRS:
        return figure.because(f"fewer than {FEWEST_PAIRS} repeated ratings" if len(first) else NO_REPEATS)
    return figure
