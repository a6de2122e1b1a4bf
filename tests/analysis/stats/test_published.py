"""Published coefficients and textbook examples, to all printed digits."""

import pytest

from analysis.stats.alpha import Alpha
from analysis.stats.icc import icc_agreement
from analysis.stats.kappa import BrennanPrediger, Fleiss, GwetAC1, PercentAgreement, conger

N = None
# Krippendorff 2011: three coders, fifteen units, many gaps; here units × coders.
THREE_CODERS = list(
    zip(
        [N, N, N, N, N, 3, 4, 1, 2, 1, 1, 3, 3, N, 3],
        [1, N, 2, 1, 3, 3, 4, 3, N, N, N, N, N, N, N],
        [N, N, 2, 1, 3, 4, 4, N, 2, 1, 1, 3, 3, N, 4],
        strict=True,
    )
)
# Fourteen raters put ten subjects into five categories (the worked example of Fleiss' kappa in Wikipedia).
FOURTEEN_RATERS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]
# Shrout & Fleiss 1979, table 2: six targets, four judges.
FOUR_JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


@pytest.mark.parametrize(("level", "published"), [("nominal", 0.6914), ("ordinal", 0.8067), ("interval", 0.8108)])
def test_krippendorffs_three_coders(from_table, level, published):
    figure = Alpha(level, values=[1, 2, 3, 4]).figure(from_table(THREE_CODERS))

    assert round(figure.estimate, 4) == published
    assert (figure.n_trials, figure.n_judgements) == (12, 26)


def test_fleiss_fourteen_raters(from_counts):
    assert round(Fleiss().figure(from_counts(FOURTEEN_RATERS)).estimate, 3) == 0.210


def test_cohens_kappa_of_the_textbook_table(from_counts, from_table):
    table = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15

    assert conger(from_table(table)).estimate == pytest.approx(0.4, abs=1e-12)


def test_shrout_and_fleiss_reliabilities():
    single, mean = icc_agreement(FOUR_JUDGES), icc_agreement(FOUR_JUDGES, average=True)

    assert (round(single.estimate, 2), round(mean.estimate, 2)) == (0.29, 0.62)
    assert (round(single.low, 4), round(single.high, 2)) == (0.0188, 0.76)
    assert (round(mean.low, 4), round(mean.high, 2)) == (0.0711, 0.93)


def test_four_raters_with_gaps(golden_rows, from_table):
    table = [[int(cell) if cell else None for cell in row[1:]] for row in golden_rows("irrCAC_cac.raw4raters.csv")]
    judged = from_table(table, categories=[1, 2, 3, 4, 5])

    assert round(PercentAgreement().figure(judged).estimate, 5) == 0.81818
    assert round(GwetAC1().figure(judged).estimate, 5) == 0.77544
    assert round(Fleiss(marginals="trial").figure(judged).estimate, 5) == 0.76117
    assert round(Alpha().figure(judged).estimate, 5) == 0.74342
    assert round(conger(judged).estimate, 5) == 0.76282
    assert round(BrennanPrediger().figure(judged).estimate, 5) == 0.77273


def test_pooled_marginals_count_each_judgement_once_where_raters_are_unequal(golden_rows, from_table):
    table = [[int(cell) if cell else None for cell in row[1:]] for row in golden_rows("irrCAC_cac.raw4raters.csv")]
    judged = from_table(table, categories=[1, 2, 3, 4, 5])
    shares = judged.counts.sum(axis=0) / len(judged)
    chance = float((shares**2).sum())

    assert Fleiss().figure(judged).estimate == pytest.approx((9 / 11 - chance) / (1 - chance), abs=1e-12)
    assert Fleiss().figure(judged).estimate != pytest.approx(0.76117, abs=1e-4)


def test_six_raters(golden_rows, from_counts):
    judged = from_counts([[int(cell) for cell in row[1:]] for row in golden_rows("irrCAC_distrib.6raters.csv")])

    assert round(GwetAC1().figure(judged).estimate, 7) == 0.4448007
    assert round(Fleiss().figure(judged).estimate, 7) == 0.4139265
    assert round(Alpha().figure(judged).estimate, 7) == 0.4204384
    assert round(BrennanPrediger().figure(judged).estimate, 7) == 0.4388889


def test_two_abstractors(golden_rows, from_table):
    square = [[int(cell) for cell in row[1:]] for row in golden_rows("irrCAC_cont3x3abstractors.csv")]
    judged = from_table([(a, b) for a in range(3) for b in range(3) for _ in range(square[a][b])])

    assert round(conger(judged).estimate, 7) == 0.7964094
    assert round(Fleiss().figure(judged).estimate, 7) == 0.7962397  # two raters: Scott's pi
    assert round(GwetAC1().figure(judged).estimate, 7) == 0.8493305
    assert round(Alpha().figure(judged).estimate, 7) == 0.7972585


def test_diagnoses(golden_rows, from_table):
    assert round(Fleiss().figure(from_table(golden_rows("irr_diagnoses.csv"))).estimate, 6) == 0.430245


def test_anxiety(golden_rows):
    figure = icc_agreement([[float(cell) for cell in row] for row in golden_rows("irr_anxiety.csv")])

    assert round(figure.estimate, 6) == 0.197998
    assert (figure.n_trials, figure.n_judgements) == (20, 60)
