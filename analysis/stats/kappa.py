"""Chance-corrected agreement on categories: (P̄ − P_e) ÷ (1 − P_e) with different ideas of P_e.

P̄ is the mean over trials with at least two judgements of the share of agreeing pairs. The coefficients differ in
the agreement P_e that chance is held to bring; with p_k for the share of category k:

- Fleiss 1971 ("Measuring nominal scale agreement among many raters", eq. 7): P_e = Σ p_k². For two raters who
  judged everything this is Scott's pi (Scott 1955).
- Gwet 2008 ("Computing inter-rater reliability and its variance in the presence of high agreement", AC1):
  P_e = Σ p_k (1 − p_k) ÷ (K − 1).
- Brennan & Prediger 1981 ("Coefficient kappa: some uses, misuses, and alternatives"): P_e = 1 ÷ K.
- Conger 1980 ("Integration and generalization of kappas for multiple raters"): the mean over pairs of raters of
  Σ p_gk p_hk, each rater with their own shares. For two raters this is Cohen's kappa (Cohen 1960).

With unequal numbers of judgements there are two ways to p_k, equal where all trials have equally many: "pooled", each
judgement counts once (Fleiss' kappa as bcstudy reports it), and "trial", each judged trial counts once (Gwet 2014,
"Handbook of inter-rater reliability", and the R package irrCAC, for all of its coefficients).
"""

from abc import abstractmethod
from typing import Literal

import numpy as np

from analysis.stats.figure import ALL_VALUES_EQUAL, NO_JUDGEMENTS, Figure
from analysis.stats.judgements import BoolArray, FloatArray, Judgements
from analysis.stats.sample import Sample
from analysis.stats.statistic import Statistic, ratio

Marginals = Literal["pooled", "trial"]
NO_PAIRS = "no trial has 2 or more judgements"


class PercentAgreement(Statistic):
    """P̄: mean over trials with at least two judgements of the share of agreeing pairs (Fleiss 1971, eq. 3)."""

    method = "mean over trials of the share of agreeing pairs of judgements"

    def values(self, sample: Sample) -> FloatArray:
        """Mean share of agreeing pairs, each trial with its weight."""
        paired = sample.pairs > 0
        disagreement = np.divide(sample.disagreeing_pairs, sample.pairs, where=paired, out=np.zeros(paired.shape))
        weight = sample.trial_weights * paired
        return 1 - ratio((disagreement * weight).sum(axis=0), weight.sum(axis=0))

    def counted(self, judgements: Judgements) -> BoolArray:
        """Judgements of trials with at least two."""
        return (judgements.per_trial > 1)[judgements.trial]

    def reason(self, judgements: Judgements) -> str:
        """Too few judgements everywhere."""
        return NO_PAIRS


class ChanceCorrected(PercentAgreement):
    """(P̄ − P_e) ÷ (1 − P_e)."""

    @abstractmethod
    def expected(self, sample: Sample) -> FloatArray:
        """Return P_e: (R,)."""

    def values(self, sample: Sample) -> FloatArray:
        """Agreement beyond chance; undefined where chance alone brings full agreement."""
        expected = self.expected(sample)
        return ratio(super().values(sample) - expected, 1 - expected)

    def reason(self, judgements: Judgements) -> str:
        """Too few judgements, or all the same."""
        return ALL_VALUES_EQUAL if self.counted(judgements).any() else NO_PAIRS


class Fleiss(ChanceCorrected):
    """Fleiss' kappa for unequal raters; two raters: Scott's pi."""

    def __init__(self, marginals: Marginals = "pooled") -> None:
        self.marginals = marginals
        self.method = f"Fleiss' kappa, {marginals} marginals"

    def expected(self, sample: Sample) -> FloatArray:
        """Σ p_k²."""
        return np.asarray((shares(sample, self.marginals) ** 2).sum(axis=0))


class GwetAC1(ChanceCorrected):
    """Gwet's AC1, which skewed marginals do not pull down."""

    def __init__(self, marginals: Marginals = "trial") -> None:
        self.marginals = marginals
        self.method = f"Gwet's AC1, {marginals} marginals"

    def expected(self, sample: Sample) -> FloatArray:
        """Σ p_k (1 − p_k) ÷ (K − 1)."""
        share = shares(sample, self.marginals)
        return np.asarray((share * (1 - share)).sum(axis=0) / max(len(share) - 1, 1))

    def reason(self, judgements: Judgements) -> str:
        """AC1 stays defined where all values are equal."""
        return NO_PAIRS


class BrennanPrediger(ChanceCorrected):
    """Brennan and Prediger's coefficient: chance is 1 ÷ K whatever the marginals."""

    method = "Brennan–Prediger coefficient"

    def expected(self, sample: Sample) -> FloatArray:
        """1 ÷ K."""
        return np.full(sample.trial_weights.shape[1], 1 / sample.judgements.n_categories)


def shares(sample: Sample, marginals: Marginals) -> FloatArray:
    """Return the share of each category under each set of weights: (K, R)."""
    if marginals == "pooled":
        return ratio(sample.weighted.sum(axis=1), sample.weighted_totals.sum(axis=0))
    judged = sample.totals > 0
    per_trial = np.where(judged, sample.trial_weights / np.where(judged, sample.totals, 1.0), 0.0)
    return ratio((sample.counts * per_trial).sum(axis=1), (sample.trial_weights * judged).sum(axis=0))


def conger(judgements: Judgements) -> Figure:
    """Return Conger's kappa, for two raters Cohen's: P_e from each rater's own shares of the categories.

    Raters are the participants, who should have judged many of the same trials. P_e is the mean over pairs of
    different raters of Σ_k p_gk p_hk. Raises `ValueError` where somebody judged a trial twice.
    """
    method = "Conger's kappa (two raters: Cohen's)"
    table = judgements.matrix()
    active = table[:, ~np.isnan(table).all(axis=0)]
    figure = Figure.undefined(
        NO_JUDGEMENTS, n_trials=int((judgements.per_trial > 1).sum()), n_judgements=len(judgements), method=method
    )
    agreement = PercentAgreement().figure(judgements).estimate
    if agreement is None:
        return figure.because(NO_PAIRS) if len(judgements) else figure
    own = np.stack(
        [np.nanmean(np.where(np.isnan(active), np.nan, active == k), axis=0) for k in range(judgements.n_categories)]
    )
    n_raters = own.shape[1]
    expected = float(((own.sum(axis=1) ** 2 - (own**2).sum(axis=1)) / (n_raters * (n_raters - 1))).sum())
    if expected >= 1 - 1e-12:
        return figure.because(ALL_VALUES_EQUAL)
    return figure.with_estimate((agreement - expected) / (1 - expected))
