"""How one listener uses the buttons and the scale, whatever is heard."""

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.figure import NO_JUDGEMENTS, Figure

NO_CHOICES = "no choice with a known order on the screen"


def modal_position(positions: ArrayLike) -> Figure:
    """Return the share of choices at the place on the screen that was chosen most: 1 is always the same button.

    `positions`: (n,) places from 0. Slots are shuffled onto the screen: a listener who listens is near 1 ÷ clips.

    >>> modal_position([0, 0, 0, 2]).estimate
    0.75
    """
    places = np.asarray(positions, dtype=np.int64)
    figure = Figure.undefined(
        NO_CHOICES, n_trials=len(places), n_judgements=len(places), method="share of choices at the modal place"
    )
    return figure.with_estimate(float(np.bincount(places).max() / len(places))) if len(places) else figure


def rating_spread(ratings: ArrayLike) -> Figure:
    """Return the standard deviation (n − 1) of ratings, (n,) as shares of the scale's width; 0 is always the same."""
    given = np.asarray(ratings, dtype=np.float64)
    figure = _of_ratings(len(given), "standard deviation of ratings, in widths of the scale")
    if len(given) < 2:
        return figure.because("only one rating") if len(given) else figure
    return figure.with_estimate(float(given.std(ddof=1)))


def endpoint_share(ratings: ArrayLike) -> Figure:
    """Return the share of ratings at either end of the scale: (n,) as shares of the scale's width, ends 0 and 1."""
    given = np.asarray(ratings, dtype=np.float64)
    figure = _of_ratings(len(given), "share of ratings at an end of the scale")
    return figure.with_estimate(float(((given <= 0) | (given >= 1)).mean())) if len(given) else figure


def _of_ratings(n: int, method: str) -> Figure:
    return Figure.undefined(NO_JUDGEMENTS, n_trials=n, n_judgements=n, method=method)
