"""The same numbers as independent implementations, on random data of every awkward shape."""

import warnings

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, spearmanr
from statsmodels.stats.inter_rater import fleiss_kappa

from analysis.stats.alpha import Alpha
from analysis.stats.judgements import Judgements
from analysis.stats.kappa import BrennanPrediger, Fleiss, GwetAC1, PercentAgreement, conger
from analysis.stats.over_all import OverAll

SCALE = [1.0, 2.0, 3.5, 7.0]
UP_TO_SIX = st.integers(1, 6)


@st.composite
def tables(draw, *, complete=False, n_raters=UP_TO_SIX):
    """Trials × raters of four categories; gaps, one rater, one category and equal values included."""
    raters = draw(n_raters)
    used = draw(st.integers(1, 4))
    cell = st.integers(0, used - 1)
    row = st.lists(cell if complete else st.one_of(st.none(), cell), min_size=raters, max_size=raters)
    return draw(st.lists(row, min_size=1, max_size=9))


def judged(table):
    cells = [(t, p, x) for t, row in enumerate(table) for p, x in enumerate(row) if x is not None]
    trial, participant, choice = np.array(cells, dtype=int).reshape(-1, 3).T
    return Judgements(trial, participant, choice, len(table), len(table[0]), len(SCALE))


@settings(max_examples=150, deadline=None)
@given(tables(), st.sampled_from(["nominal", "ordinal", "interval"]))
def test_alpha_equals_the_krippendorff_package(table, level):
    judgements = judged(table)
    figure = Alpha(level, values=SCALE).figure(judgements)
    pairable = judgements.counts[judgements.per_trial > 1].sum(axis=0)
    if (pairable > 0).sum() < 2:
        assert figure.estimate is None
        assert figure.reason in {"no judgements", "no trial has 2 or more judgements", "all values equal"}
        return
    units = judgements.counts[judgements.per_trial > 1]
    reference = krippendorff.alpha(value_counts=units, value_domain=SCALE, level_of_measurement=level)

    assert figure.estimate == pytest.approx(reference, abs=1e-10)


@settings(max_examples=100, deadline=None)
@given(tables(complete=True, n_raters=st.integers(2, 6)))
def test_fleiss_equals_statsmodels_for_equal_raters(table):
    judgements = judged(table)
    figures = [Fleiss(marginals).figure(judgements) for marginals in ("pooled", "trial")]
    if (judgements.counts.sum(axis=0) > 0).sum() < 2:
        assert [figure.reason for figure in figures] == ["all values equal"] * 2
        return

    assert [f.estimate for f in figures] == pytest.approx([fleiss_kappa(judgements.counts)] * 2, abs=1e-10)


@settings(max_examples=100, deadline=None)
@given(tables())
def test_percent_agreement_counts_pairs(table):
    shares = []
    for row in table:
        said = [x for x in row if x is not None]
        pairs = [a == b for i, a in enumerate(said) for j, b in enumerate(said) if i != j]
        shares += [np.mean(pairs)] if pairs else []
    figure = PercentAgreement().figure(judged(table))

    assert figure.estimate == (pytest.approx(np.mean(shares), abs=1e-10) if shares else None)
    assert figure.n_trials == len(shares)


@settings(max_examples=100, deadline=None)
@given(tables(complete=True, n_raters=st.just(2)))
def test_two_raters_give_cohens_kappa(table):
    from statsmodels.stats.inter_rater import cohens_kappa

    judgements = judged(table)
    square = np.zeros((len(SCALE), len(SCALE)))
    np.add.at(square, tuple(np.array(table).T), 1)
    expected = float((square.sum(axis=0) * square.sum(axis=1)).sum()) / len(table) ** 2
    assume(expected < 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # statsmodels divides by the standard error, which may be 0
        reference = cohens_kappa(square, return_results=False)

    assert conger(judgements).estimate == pytest.approx(reference, abs=1e-10)


@settings(max_examples=60, deadline=None)
@given(tables())
def test_all_categories_equally_frequent_makes_the_coefficients_agree(table):
    rotated = [[None if x is None else (x + k) % len(SCALE) for x in row] for k in range(len(SCALE)) for row in table]
    judgements = judged(rotated)
    assume((judgements.per_trial > 1).any())
    # With uniform marginals every idea of chance is 1 / K.
    same = [s.figure(judgements).estimate for s in (Fleiss(), Fleiss("trial"), GwetAC1(), BrennanPrediger())]

    assert same == pytest.approx([same[0]] * 4, abs=1e-10)


@settings(max_examples=60, deadline=None)
@given(tables(), st.permutations(range(6)))
def test_names_of_raters_do_not_matter(table, order):
    shuffled = [[row[k] for k in order if k < len(row)] for row in table]
    for statistic in (Fleiss(), GwetAC1(), Alpha("ordinal")):
        one, other = statistic.figure(judged(table)), statistic.figure(judged(shuffled))
        assert (one.estimate is None) == (other.estimate is None)
        assert one.estimate is None or one.estimate == pytest.approx(other.estimate, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(tables(complete=True, n_raters=st.integers(2, 6)))
def test_brennan_and_prediger_equal_statsmodels(table):
    """What statsmodels calls Randolph's kappa: chance is 1 / K whatever was chosen."""
    judgements = judged(table)
    figure = BrennanPrediger().figure(judgements)

    assert figure.estimate == pytest.approx(fleiss_kappa(judgements.counts, method="randolph"), abs=1e-10)


@settings(max_examples=100, deadline=None)
@given(tables(), st.data())
def test_rank_correlations_over_all_clips_equal_scipy(table, data):
    """Missing ratings, ties on both sides, scores that are missing, and people who rate everything the same."""
    judgements = judged(table)
    drawn = st.one_of(st.just(np.nan), st.integers(0, 3).map(float))
    scores = np.array(data.draw(st.lists(drawn, min_size=len(table), max_size=len(table))))
    rated = [[np.nan if x is None else SCALE[x] for x in row] for row in table]
    people = [z for column in zip(*rated, strict=True) if (z := z_scored(np.array(column))) is not None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # constant input, and clips that nobody rated
        means = np.nanmean(people, axis=0) if people else np.full(len(table), np.nan)
        there = ~np.isnan(means) & ~np.isnan(scores)
        means, scores_there = np.round(means[there], 9), scores[there]
        expected = [f(means, scores_there).statistic if there.sum() > 1 else np.nan for f in (kendalltau, spearmanr)]
    figures = [OverAll(scores, measure, SCALE).figure(judgements) for measure in ("kendall", "spearman")]
    for figure, reference in zip(figures, expected, strict=True):
        if np.isnan(reference):
            assert figure.estimate is None
        else:
            assert figure.estimate == pytest.approx(reference, abs=1e-10)


def z_scored(column):
    """Return one person's z-scores, None where there are none."""
    spread = np.nanstd(column) if (~np.isnan(column)).any() else 0.0
    return None if spread < 1e-12 else (column - np.nanmean(column)) / spread
