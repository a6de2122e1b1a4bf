"""Two-way bootstrap: participants and trials are both samples, and are resampled independently of each other.

Each resample draws as many participants, and as many trials, as there are, with replacement; a judgement weighs
(copies of its participant) × (copies of its trial). This is the pigeonhole bootstrap of Owen 2007 ("The pigeonhole
bootstrap", Annals of Applied Statistics 1), after McCullagh 2000 ("Resampling and exchangeable arrays", Bernoulli 6).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from analysis.stats import intervals
from analysis.stats.figure import Figure
from analysis.stats.judgements import FloatArray, Judgements
from analysis.stats.resampling import Resampled, Units
from analysis.stats.sample import Sample
from analysis.stats.statistic import NEARLY_ZERO, Statistic

LEAST_DEFINED_SHARE = 0.95


def two_way(
    judgements: Judgements,
    statistics: Mapping[str, Statistic],
    *,
    n_resamples: int = 2000,
    seed: int = 0,
    resampled: Resampled = "both",
) -> "Bootstrap":
    """Compute all statistics on the same resamples of the judgements.

    `resampled` other than "both" is the one-way bootstrap, there to be compared with: its intervals are too narrow,
    because it takes either the participants or the trials for all there are.
    """
    for statistic in statistics.values():
        statistic.counted(judgements)  # complains about credit or scores of other trials before any work is done
    units = Units(judgements)
    has_any = len(judgements) > 0
    draws = _collected(statistics, units.resamples(n_resamples, seed, resampled) if has_any else ())
    return Bootstrap(units, dict(statistics), draws, n_resamples, seed, resampled)


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Resampled values of several statistics; `draws` holds (n_resamples,) for each name, NaN where undefined.

    Intervals come in three kinds (`intervals`): "percentile", "bca" and "calibrated", the default. The first two are
    those of the two-way bootstrap as it is, which are conservative where each trial has few judgements; the third
    corrects that. One-way resamples are compared by their percentiles: the correction is that of the two-way bootstrap.
    """

    units: Units
    statistics: dict[str, Statistic]
    draws: dict[str, FloatArray]
    n_resamples: int
    seed: int
    resampled: Resampled

    @cached_property
    def points(self) -> dict[str, Figure]:
        """The statistics on the observed judgements, without intervals."""
        return {name: statistic.figure(self.units.judgements) for name, statistic in self.statistics.items()}

    def figure(self, name: str, *, interval: intervals.Kind = intervals.DEFAULT, level: float = 0.95) -> Figure:
        """Return a statistic with its interval, or with the reason why it has none."""
        statistic = self.statistics[name]
        influences = [] if interval == "percentile" else self._influences[name]
        figure = self._reported(self.points[name], self.draws[name], influences, statistic.recentred, interval, level)
        if figure.low is None or figure.high is None:
            return figure
        low, high = np.clip([figure.low, figure.high], *statistic.bounds)
        return replace(figure, low=float(low), high=float(high))

    def difference(
        self, a: str, b: str, *, interval: intervals.Kind = intervals.DEFAULT, level: float = 0.95
    ) -> Figure:
        """Return a − b with the interval of the paired difference on the same resamples.

        Undefined where either is, and where two statistics of one kind rest on different judgements (models that
        cover different trials): give both the same trials first, see `triads.shared_trials`.
        """
        one, other = self.points[a], self.points[b]
        point = replace(one, method=f"difference: {one.method}")
        reason = one.reason or other.reason or self._unlike(a, b)
        if one.estimate is None or other.estimate is None or reason:
            return point.because(reason)
        influences: list[FloatArray] = []
        if interval != "percentile":
            influences = [x - y for x, y in zip(self._influences[a], self._influences[b], strict=True)]
        recentred = self.statistics[a].recentred or self.statistics[b].recentred
        point = point.with_estimate(one.estimate - other.estimate)
        return self._reported(point, self.draws[a] - self.draws[b], influences, recentred, interval, level)

    def _unlike(self, a: str, b: str) -> str:
        one, other = self.statistics[a], self.statistics[b]
        if type(one) is not type(other):
            return ""
        same = np.array_equal(one.counted(self.units.judgements), other.counted(self.units.judgements))
        return "" if same else "the two rest on different judgements"

    def _reported(
        self,
        point: Figure,
        draws: FloatArray,
        influences: list[FloatArray],
        recentred: bool,
        kind: intervals.Kind,
        level: float,
    ) -> Figure:
        """Return the point with the interval of its resampled values."""
        if point.estimate is None:
            return point
        defined = draws[~np.isnan(draws)]
        reason = self._why_no_interval(draws, defined)
        if reason:
            return point.without_interval(reason)
        if recentred:
            defined = defined - defined.mean() + point.estimate
        try:
            low, high, name = intervals.interval(kind, defined, point.estimate, influences, level)
        except intervals.NoIntervalError as error:
            return point.without_interval(str(error))
        method = f"{level:.0%} {name} interval, {self._way(len(draws) - len(defined), recentred)}"
        return point.with_interval(low, high, method=method)

    def _why_no_interval(self, draws: FloatArray, defined: FloatArray) -> str:
        if self.resampled != "trials" and len(self.units.participants) < 2:
            return "no interval: only one participant"
        if self.resampled != "participants" and len(self.units.clusters) < 2:
            return "no interval: only one trial"
        if not len(defined) or len(defined) < LEAST_DEFINED_SHARE * len(draws):
            return f"no interval: undefined in {len(draws) - len(defined)} of {len(draws)} resamples"
        return "no interval: all resamples give the same value" if np.ptp(defined) <= NEARLY_ZERO else ""

    def _way(self, n_undefined: int, recentred: bool) -> str:
        way = "two-way bootstrap" if self.resampled == "both" else f"one-way bootstrap over {self.resampled}"
        parts = [f"{way}, B = {self.n_resamples}, seed {self.seed}"]
        parts += ["recentred on the estimate"] if recentred else []
        parts += [f"{n_undefined} resamples undefined"] if n_undefined else []
        return ", ".join(parts)

    @cached_property
    def _influences(self) -> dict[str, list[FloatArray]]:
        """Jackknife influences of participants, of clusters of trials and of single answers on each statistic."""
        units, statistics = self.units, self.statistics
        if not len(units.judgements):
            return {name: [] for name in statistics}
        jackknives = [
            _collected(statistics, left_out)
            for left_out in (
                units.without_participants(self.seed),
                units.without_clusters(self.seed),
                units.without_answers(self.seed),
            )
        ]
        return {name: [_influence(values[name]) for values in jackknives] for name in statistics}


def _influence(left_out: FloatArray) -> FloatArray:
    """Return (n − 1)(mean − θ without unit j): the jackknife's empirical influence values."""
    return np.asarray((len(left_out) - 1) * (left_out.mean() - left_out))


def _collected(statistics: Mapping[str, Statistic], samples: Iterable[Sample]) -> dict[str, FloatArray]:
    """Return each statistic's values over all samples in order."""
    values: dict[str, list[FloatArray]] = {name: [np.zeros(0)] for name in statistics}
    for sample in samples:
        for name, statistic in statistics.items():
            values[name].append(statistic.values(sample))
    return {name: np.concatenate(chunks) for name, chunks in values.items()}
