"""A statistic on the judgements of some people only, beside the same statistic on everyone's."""

from analysis.stats.judgements import BoolArray, FloatArray, Judgements
from analysis.stats.sample import Sample
from analysis.stats.statistic import Statistic


class Without(Statistic):
    """Another statistic without the judgements of those who are not in `kept`, a (n_participants,) mask.

    On the resamples of everyone's judgements: `Bootstrap.difference` then tells what leaving people out changes. All
    statistics without the same people share one sample.
    """

    def __init__(self, statistic: Statistic, kept: BoolArray) -> None:
        self.statistic, self.kept = statistic, kept
        self.method, self.bounds, self.recentred = statistic.method, statistic.bounds, statistic.recentred

    def values(self, sample: Sample) -> FloatArray:
        """Return the statistic under each set of weights, those of people left out being 0."""
        kept = sample.shared(("only", self.kept.tobytes()), lambda: sample.only(self.kept))
        return self.statistic.values(kept)

    def counted(self, judgements: Judgements) -> BoolArray:
        """Judgements of people who stay that the statistic counts."""
        stay = self.kept[judgements.participant]
        counted = stay.copy()
        counted[stay] = self.statistic.counted(judgements.where(stay))
        return counted

    def reason(self, judgements: Judgements) -> str:
        """Return the statistic's own reason on what is left."""
        return self.statistic.reason(judgements.where(self.kept[judgements.participant]))
