"""What every statistic offers: its value under R sets of weights, and its figure on the observed judgements."""

from abc import ABC, abstractmethod

import numpy as np

from analysis.stats.figure import NO_JUDGEMENTS, Figure
from analysis.stats.judgements import BoolArray, FloatArray, Judgements
from analysis.stats.sample import Sample

NEARLY_ZERO = 1e-12


class Statistic(ABC):
    """A number computed from judgements.

    `method` is what reports print; `bounds` are the values it can take. `recentred` marks statistics of what a trial's
    raters say together (their mode, the order of their means): a resample holds fewer different raters than the
    data, so that modes and means are noisier in it and the whole distribution is shifted; the bootstrap then takes
    deviations from its mean.
    """

    method: str
    bounds: tuple[float, float] = (-np.inf, np.inf)
    recentred: bool = False

    @abstractmethod
    def values(self, sample: Sample) -> FloatArray:
        """Return the statistic under each of the sample's R sets of weights: (R,), NaN where it is undefined."""

    def counted(self, judgements: Judgements) -> BoolArray:
        """Return which judgements enter: (n,). All of them, unless the statistic says otherwise."""
        return np.ones(len(judgements), dtype=bool)

    def reason(self, judgements: Judgements) -> str:
        """Name why the statistic is undefined on these judgements."""
        return NO_JUDGEMENTS

    def figure(self, judgements: Judgements) -> Figure:
        """Return the value on the observed judgements, without an interval."""
        counted = self.counted(judgements)
        figure = Figure.undefined(
            NO_JUDGEMENTS,
            n_trials=len(np.unique(judgements.trial[counted])),
            n_judgements=int(counted.sum()),
            method=self.method,
        )
        if not len(judgements):
            return figure
        value = float(self.values(Sample.observed(judgements))[0])
        return figure.because(self.reason(judgements)) if np.isnan(value) else figure.with_estimate(value)


def ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Return numerator / denominator, NaN where the denominator is zero (to rounding)."""
    safe = np.abs(denominator) > NEARLY_ZERO
    return np.where(safe, numerator / np.where(safe, denominator, 1.0), np.nan)
