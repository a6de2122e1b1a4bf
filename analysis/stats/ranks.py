"""Order within groups from signs of differences: pairwise accuracy, Kendall's tau-b, Spearman's rho.

A group is a context with its clips (or one participant's ratings of them). Both directions of every pair are listed, so
that an element's centred rank is half the sum of the signs of its differences: with u_i = Σ_j sign(x_i − x_j),
rho = Σ u_i v_i ÷ √(Σ u_i² Σ v_i²), ties at their mean rank, and
tau-b = Σ sign(x) sign(y) ÷ √(pairs untied in x · pairs untied in y).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis.stats.judgements import FloatArray, IntArray
from analysis.stats.statistic import ratio

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Measure = Literal["pairwise", "kendall", "spearman"]
SAME = 1e-9  # means of the same ratings may differ by rounding


@dataclass(frozen=True, eq=False)
class Pairs:
    """All ordered pairs of elements of one group.

    `one`, `other`: (n_pairs,) element numbers; `group`: (n_pairs,) group of each; `sign`: (n_pairs,) sign of the
    second variable's difference, the one that is not resampled (the model's scores).
    """

    one: IntArray
    other: IntArray
    group: IntArray
    sign: FloatArray
    n_elements: int
    n_groups: int

    @classmethod
    def within(cls, groups: IntArray, scores: FloatArray) -> "Pairs":
        """List the pairs of elements with a score that share a group; `groups`, `scores`: (n_elements,)."""
        scored = np.flatnonzero(~np.isnan(scores))
        order = scored[np.argsort(groups[scored], kind="stable")]
        starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
        one, other = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for members in np.split(order, starts[1:]):
            a, b = np.nonzero(~np.eye(len(members), dtype=bool))
            one.append(members[a])
            other.append(members[b])
        first, second = np.concatenate(one), np.concatenate(other)
        sign = np.sign(scores[first] - scores[second])
        n_groups = int(groups.max()) + 1 if len(groups) else 0
        return cls(first, second, groups[first], sign, len(groups), n_groups)

    @property
    def to_groups(self) -> "csr_array":
        """(n_groups, n_pairs): sums pairs into groups."""
        return summing(self.group, self.n_groups)

    @property
    def to_elements(self) -> "csr_array":
        """(n_elements, n_pairs): sums pairs into their first element."""
        return summing(self.one, self.n_elements)

    def signs(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the signs of the differences of `values` (n_elements, R), NaN allowed, and of the scores.

        Both are (n_pairs, R), and 0 where a value is missing.
        """
        difference = values[self.one] - values[self.other]
        known = ~np.isnan(difference)
        apart = known & (np.abs(np.where(known, difference, 0.0)) > SAME)
        return np.where(apart, np.sign(np.where(known, difference, 0.0)), 0.0), self.sign[:, None] * known


def ordered_alike(pairs: Pairs, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return for each group the number of pairs ordered alike and of pairs with different values: (n_groups, R) each.

    Pairs that the scores tie count half; pairs that the values tie are left out.
    """
    of_values, of_scores = pairs.signs(values)
    differing = np.abs(of_values)
    return pairs.to_groups @ (differing * (1 + of_values * of_scores) / 2), pairs.to_groups @ differing


def correlation(pairs: Pairs, values: FloatArray, measure: Measure) -> FloatArray:
    """Return tau-b ("kendall") or rho ("spearman") within each group: (n_groups, R), NaN where one side is constant."""
    of_values, of_scores = pairs.signs(values)
    if measure == "kendall":
        untied = (pairs.to_groups @ np.abs(of_values)) * (pairs.to_groups @ np.abs(of_scores))
        return ratio(pairs.to_groups @ (of_values * of_scores), np.sqrt(untied))
    rank_values, rank_scores = pairs.to_elements @ of_values, pairs.to_elements @ of_scores
    group_of = np.zeros(pairs.n_elements, dtype=np.int64)
    group_of[pairs.one] = pairs.group
    to_groups = summing(group_of, pairs.n_groups)
    squares = (to_groups @ rank_values**2) * (to_groups @ rank_scores**2)
    return ratio(to_groups @ (rank_values * rank_scores), np.sqrt(squares))


def summing(rows: IntArray, n_rows: int) -> "csr_array":
    """Return the (n_rows, n) matrix that sums n values into the rows that are given for each, (n,)."""
    from scipy.sparse import csr_array  # slow to import; only computing needs it

    return csr_array((np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=(n_rows, len(rows)))
