"""Krippendorff's alpha: nominal for triads, nominal, ordinal and interval for ratings; missing data allowed.

Krippendorff 2011, "Computing Krippendorff's alpha-reliability" (section C for the coincidence matrix, section D for
the differences), and Hayes & Krippendorff 2007, "Answering the call for a standard reliability measure".
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.figure import ALL_VALUES_EQUAL
from analysis.stats.judgements import BoolArray, FloatArray, Judgements, category_values
from analysis.stats.kappa import NO_PAIRS
from analysis.stats.sample import Sample
from analysis.stats.statistic import Statistic, ratio

Level = Literal["nominal", "ordinal", "interval"]


class Alpha(Statistic):
    """1 − D_o ÷ D_e: observed against expected disagreement of pairable values.

    `level` is that of the measurement. Categories are taken in their order; `values` (K,) are their numbers at interval
    level (0 … K − 1 by default). Undefined, not 1, where all pairable values are equal: there is no variation that
    agreement could be about.
    """

    def __init__(self, level: Level = "nominal", values: ArrayLike | None = None) -> None:
        if level not in ("nominal", "ordinal", "interval"):
            raise ValueError(f"level must be nominal, ordinal or interval, not {level!r}")
        self.level = level
        self.category_values = values
        self.method = f"Krippendorff's alpha, {level}"

    def values(self, sample: Sample) -> FloatArray:
        """Alpha under each set of weights."""
        coincidences = coincidence_matrix(sample)
        marginals = coincidences.sum(axis=1)
        difference = self._squared_differences(marginals, sample.judgements)
        n = marginals.sum(axis=0)
        observed = (coincidences * difference).sum(axis=(0, 1))
        expected = np.einsum("cr,kr,ckr->r", marginals, marginals, difference)
        return 1 - ratio((n - 1) * observed, expected)

    def counted(self, judgements: Judgements) -> BoolArray:
        """Pairable judgements: those of trials with at least two."""
        return (judgements.per_trial > 1)[judgements.trial]

    def reason(self, judgements: Judgements) -> str:
        """Nothing pairable, or no variation."""
        return ALL_VALUES_EQUAL if self.counted(judgements).any() else NO_PAIRS

    def _squared_differences(self, marginals: FloatArray, judgements: Judgements) -> FloatArray:
        """Return δ² between categories: (K, K, R), or (K, K, 1) where it does not depend on the marginals."""
        n_categories = len(marginals)
        if self.level == "nominal":
            return 1 - np.eye(n_categories)[:, :, None]
        if self.level == "interval":
            numbers = category_values(judgements, self.category_values)
            return ((numbers[:, None] - numbers) ** 2)[:, :, None]
        # Σ_{g=c}^{k} n_g − (n_c + n_k) / 2 is the distance between the middles of the two categories' rank spans.
        middle = marginals.cumsum(axis=0) - marginals / 2
        return np.asarray((middle[:, None] - middle[None]) ** 2)


def coincidence_matrix(sample: Sample) -> FloatArray:
    """Return how often values c and k meet within a trial, each pair weighing 1 ÷ (judgements − 1): (K, K, R).

    The diagonal is filled so that rows sum to the number of pairable judgements of each category.
    """
    paired = sample.pairs > 0
    scale = np.divide(sample.weighted_totals, sample.pairs, where=paired, out=np.zeros(paired.shape))
    scaled = sample.counts * scale
    matrix = np.einsum("ctr,ktr->ckr", scaled, sample.counts, optimize=False)
    marginals = (sample.weighted * paired).sum(axis=1)
    diagonal = np.arange(len(matrix))
    matrix[diagonal, diagonal] = 0
    matrix[diagonal, diagonal] = marginals - matrix.sum(axis=1)
    return np.asarray(matrix)
