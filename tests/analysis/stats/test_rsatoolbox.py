"""The same numbers as the toolbox of representational similarity analysis (van den Bosch et al. 2025)."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import rsatoolbox
    from rsatoolbox.inference.noise_ceiling import boot_noise_ceiling

from analysis.stats.concordance import BetweenListeners
from analysis.stats.judgements import Judgements
from analysis.stats.over_all import OverAll
from analysis.stats.suitability import WithinContext, WithinContextCeiling
from modeling.ml.similarity import cosine_similarities

N_PAIRS = 6  # of four conditions: what the toolbox compares are the pairs of a matrix of dissimilarities
POINTS = np.arange(1.0, 8.0)
orders = st.permutations([float(rank) for rank in range(1, N_PAIRS + 1)])
ratings = st.lists(st.integers(0, 6), min_size=N_PAIRS, max_size=N_PAIRS)


def rated(table):
    """People × clips of one context."""
    table = np.asarray(table)
    person, clip = np.indices(table.shape).reshape(2, -1)
    cluster = np.zeros(table.shape[1], dtype=int)
    return Judgements(clip, person, table.ravel(), table.shape[1], len(table), len(POINTS), cluster)


def of_toolbox(rows):
    return rsatoolbox.rdm.RDMs(np.asarray(rows, dtype=float).reshape(-1, N_PAIRS))


def compared(one, other, method):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(rsatoolbox.rdm.compare(of_toolbox(one), of_toolbox(other), method=method)[0, 0])


@settings(max_examples=100, deadline=None)
@given(ratings, ratings, st.sampled_from([("spearman", "spearman"), ("kendall", "tau-b")]))
def test_rank_correlations_with_ties(given_ratings, scores, measures):
    assume(len(set(given_ratings)) > 1)
    assume(len(set(scores)) > 1)
    ours, theirs = measures
    figure = WithinContext(scores, ours, POINTS).figure(rated([given_ratings]))

    assert figure.estimate == pytest.approx(compared(scores, given_ratings, theirs), abs=1e-10)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(ratings, min_size=2, max_size=5),
    ratings,
    st.sampled_from([("spearman", "spearman"), ("kendall", "tau-b")]),
)
def test_correlations_over_all_clips_of_z_scored_people(table, scores, measures):
    table = np.asarray(table)
    assume((np.ptp(table, axis=1) > 0).all())
    assume(len(set(scores)) > 1)
    z = ((table - table.mean(axis=1, keepdims=True)) / table.std(axis=1, keepdims=True)).mean(axis=0).round(9)
    assume(np.ptp(z) > 0)
    ours, theirs = measures
    figure = OverAll(scores, ours, POINTS).figure(rated(table))

    assert figure.estimate == pytest.approx(compared(scores, z, theirs), abs=1e-10)


@settings(max_examples=50, deadline=None)
@given(st.lists(orders, min_size=2, max_size=6), st.sampled_from([("spearman", "spearman"), ("kendall", "tau-b")]))
def test_the_ceiling_is_the_lower_bound_of_the_noise_ceiling(people, measures):
    """Of rankings: the toolbox ranks what it averages, and ratings would not stay as they are."""
    table = np.asarray(people)
    others = [np.delete(table, at, axis=0).mean(axis=0) for at in range(len(table))]
    assume(all(np.ptp(mean) > 0 for mean in others))
    ours, theirs = measures
    figure = WithinContextCeiling(ours, POINTS).figure(rated(table.astype(int) - 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lower, _ = boot_noise_ceiling(of_toolbox(table), method=theirs)

    assert figure.estimate == pytest.approx(lower, abs=1e-10)


@settings(max_examples=50, deadline=None)
@given(st.lists(ratings, min_size=2, max_size=5))
def test_listeners_with_each_other_are_the_mean_over_pairs(people):
    table = np.asarray(people)
    table = table[np.ptp(table, axis=1) > 0]
    figure = BetweenListeners(POINTS).figure(rated(people))
    if len(table) < 2:
        assert figure.estimate is None
        assert figure.reason == "no context was put in order by two participants"
        return
    each = [compared(a, b, "spearman") for i, a in enumerate(table) for b in table[:i]]

    assert figure.estimate == pytest.approx(np.mean(each), abs=1e-10)


def test_similarities_of_clips():
    """Its correlation distance is one less the cosine of vectors without their mean."""
    vectors = np.random.default_rng(3).normal(size=(7, 12))
    theirs = rsatoolbox.rdm.calc_rdm(rsatoolbox.data.Dataset(vectors), method="correlation").get_matrices()[0]
    centred = vectors - vectors.mean(axis=1, keepdims=True)

    assert cosine_similarities(centred) == pytest.approx(1 - theirs, abs=1e-10)
