"""How far listeners put the clips of a context in the same order.

The mean Spearman correlation of two listeners' orders, r̄, and Kendall's coefficient of concordance of m listeners,
W = 12 S ÷ m² (k³ − k) with S the squared deviations of the k clips' rank sums (Kendall & Babington Smith 1939, "The
problem of m rankings"; Kendall 1970, "Rank correlation methods", chapter 6). Without ties r̄ = (m W − 1) ÷ (m − 1), so
that W of listeners who do not agree at all is 1 ÷ m and not 0: r̄ is what can be compared between studies.

Ratings are `Judgements` whose trials are the rated clips and whose `cluster` is the context of each. A listener's order
of a context counts if all of its clips were judged and are not all alike; ties have mid-ranks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.figure import NO_JUDGEMENTS, Figure
from analysis.stats.judgements import BoolArray, FloatArray, IntArray, Judgements, category_values
from analysis.stats.ranks import summing
from analysis.stats.sample import Sample
from analysis.stats.statistic import NEARLY_ZERO, Statistic, ratio
from analysis.stats.suitability import contexts

NO_TWO_ORDERS = "no context was put in order by two participants"


@dataclass(frozen=True, eq=False)
class Orders:
    """Standardised mid-ranks: `z` (n,), within each order of mean 0 and squares that sum to 1, 0 where none counts.

    `context` (n,) is that of each judgement; `counts` (n,) marks judgements of orders that count, `first` (n,) one of
    each such order.
    """

    z: FloatArray
    context: IntArray
    counts: BoolArray
    first: BoolArray
    n_contexts: int

    @classmethod
    def of(cls, judgements: Judgements, values: ArrayLike | None = None) -> "Orders":
        """Rank what each participant gave to the clips of each context; a higher value is a higher rank."""
        of_clip = contexts(judgements)
        n_contexts = int(of_clip.max()) + 1 if len(of_clip) else 0
        context = of_clip[judgements.trial]
        n_clips = np.bincount(of_clip, minlength=n_contexts)[context]
        order = np.unique(judgements.participant * max(n_contexts, 1) + context, return_inverse=True)[1]
        centred = _mid_ranks(category_values(judgements, values)[judgements.choice], order)
        squares, given = (np.bincount(order, of)[order] if len(order) else np.zeros(0) for of in (centred**2, None))
        different = np.unique(np.stack([order, judgements.trial]), axis=1)[0]
        whole = (np.bincount(different)[order] if len(order) else given) == n_clips
        counts = whole & (given == n_clips) & (squares > NEARLY_ZERO)
        first = np.zeros(len(order), dtype=bool)
        first[np.unique(order, return_index=True)[1]] = True
        z = np.where(counts, centred / np.sqrt(np.where(counts, squares, 1.0)), 0.0)
        return cls(z, context, counts, first & counts, n_contexts)


class BetweenListeners(Statistic):
    """Mean Spearman correlation of the orders of two different listeners, averaged over contexts."""

    method = "Spearman's rho of two listeners' orders of a context's clips, mean over pairs, then over contexts"
    bounds = (-1.0, 1.0)

    def __init__(self, values: ArrayLike | None = None) -> None:
        self.category_values = values
        self._orders: tuple[Judgements, Orders] | None = None

    def values(self, sample: Sample) -> FloatArray:
        """Mean correlation under each set of weights; an order is never paired with its own copy."""
        judgements = sample.judgements
        means, pairs = self._by_context(sample)
        of_context = np.zeros(means.shape)
        of_context[contexts(judgements)] = sample.trial_weights
        used = pairs > NEARLY_ZERO
        return ratio((np.where(used, means, 0.0) * of_context).sum(axis=0), (used * of_context).sum(axis=0))

    def counted(self, judgements: Judgements) -> BoolArray:
        """Judgements of contexts that two participants put in order."""
        orders = self._orders_of(judgements)
        n_orders = np.bincount(orders.context[orders.first], minlength=orders.n_contexts)
        return np.asarray((n_orders[orders.context] > 1) & orders.counts)

    def reason(self, judgements: Judgements) -> str:
        """No two orders of the same clips."""
        return NO_TWO_ORDERS if len(judgements) else NO_JUDGEMENTS

    def _by_context(self, sample: Sample) -> tuple[FloatArray, FloatArray]:
        """Return each context's mean correlation and the weight of its ordered pairs of listeners: (n_contexts, R)."""
        orders = self._orders_of(sample.judgements)
        sums = np.asarray(sample.incidence.of_trials @ (orders.z[:, None] * sample.weights))
        agreed = summing(contexts(sample.judgements), orders.n_contexts) @ sums**2
        own = sample.weights[orders.first]
        into_contexts = summing(orders.context[orders.first], orders.n_contexts)
        total, squares = into_contexts @ own, into_contexts @ own**2
        pairs = total**2 - squares
        return ratio(agreed - squares, pairs), pairs

    def _orders_of(self, judgements: Judgements) -> Orders:
        if self._orders is None or self._orders[0] is not judgements:
            self._orders = judgements, Orders.of(judgements, self.category_values)
        return self._orders[1]


def kendall_w(judgements: Judgements, values: ArrayLike | None = None) -> Figure:
    """Return Kendall's W, mean over the contexts that two listeners or more put in order.

    With m listeners it is ((m − 1) r̄ + 1) ÷ m: 1 where all agree, about 1 ÷ m where they order at random.
    """
    orders = Orders.of(judgements, values)
    found, n_judgements = [], 0
    for context in range(orders.n_contexts):
        here = orders.context == context
        m = int((orders.first & here).sum())
        if m > 1:
            sums = np.bincount(judgements.trial[here], orders.z[here])
            found.append(float((sums**2).sum()) / m**2)
            n_judgements += int((orders.counts & here).sum())
    method = "Kendall's coefficient of concordance, mean over contexts"
    figure = Figure.undefined(
        NO_TWO_ORDERS if len(judgements) else NO_JUDGEMENTS,
        n_trials=len(found),
        n_judgements=n_judgements,
        method=method,
    )
    return figure.with_estimate(float(np.mean(found))) if found else figure


def _mid_ranks(numbers: FloatArray, group: IntArray) -> FloatArray:
    """Return twice each number's mid-rank in its group less the group's mean: (n,). Ties share."""
    if not len(numbers):
        return np.zeros(0)
    _, at = np.unique(np.stack([group, numbers]), axis=1, return_inverse=True)
    at = at.reshape(-1)
    tied = np.bincount(at)
    group_of = np.zeros(len(tied), dtype=np.int64)
    group_of[at] = group
    before = np.cumsum(tied) - tied
    start = np.full(int(group.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(start, group_of, before)
    below = before - start[group_of]
    size = np.bincount(group)[group_of]
    return np.asarray((2.0 * below + tied - size)[at])
