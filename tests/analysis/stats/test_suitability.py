"""Order of clips within contexts, over all clips, and who puts the true response first."""

import warnings
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, spearmanr

from analysis.stats import bootstrap
from analysis.stats.judgements import Judgements
from analysis.stats.over_all import OverAll, z_scores
from analysis.stats.suitability import WithinContext, WithinContextCeiling
from analysis.stats.top_choice import PeopleTopChoice, TopChoice

CLIPS = 3


def rated(table, clips=CLIPS, n_points=5):
    """Ratings (contexts · clips) × participants, NaN where missing; `clips` in a row share a context."""
    table = np.asarray(table, dtype=float)
    trial, participant = np.nonzero(~np.isnan(table))
    cluster = np.arange(len(table)) // clips
    choice = table[trial, participant].astype(int)
    return Judgements(trial, participant, choice, *table.shape, n_points, cluster)


@st.composite
def studies(draw):
    contexts, people = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    row = st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=people, max_size=people)
    table = draw(st.lists(row, min_size=CLIPS * contexts, max_size=CLIPS * contexts))
    score = st.one_of(st.none(), st.integers(0, 3))
    scores = draw(st.lists(score, min_size=CLIPS * contexts, max_size=CLIPS * contexts))
    return np.array(table, dtype=float), np.array(scores, dtype=float)


def quiet(function, *arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # means of nothing and constant input are what is tested
        return function(*arguments)


def in_context(one, other, measure):
    """Pairs ordered alike (list) or a correlation (list of at most one) of two short vectors, plainly."""
    known = ~np.isnan(one) & ~np.isnan(other)
    x, y = one[known], other[known]
    if measure == "pairwise":
        pairs = [(x[i] - x[j], y[i] - y[j]) for i, j in combinations(range(len(x)), 2) if x[i] != x[j]]
        return [0.5 if b == 0 else float(a * b > 0) for a, b in pairs]
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return []
    return [(kendalltau if measure == "kendall" else spearmanr)(x, y).statistic]


@pytest.mark.parametrize("measure", ["pairwise", "kendall", "spearman"])
@settings(max_examples=60, deadline=None)
@given(study=studies())
def test_within_context_equals_scipy_context_by_context(measure, study):
    table, scores = study
    means = quiet(np.nanmean, table, 1)
    found = [v for c in range(0, len(table), CLIPS) for v in
             in_context(means[c : c + CLIPS], scores[c : c + CLIPS], measure)]  # fmt: skip
    figure = WithinContext(scores, measure).figure(rated(table))

    assert figure.estimate == (pytest.approx(np.mean(found), abs=1e-10) if found else None)


@pytest.mark.parametrize("measure", ["pairwise", "kendall", "spearman"])
@settings(max_examples=60, deadline=None)
@given(study=studies())
def test_the_ceiling_takes_each_participant_against_the_others(measure, study):
    table, _ = study
    found = []
    for person in range(table.shape[1]):
        others = quiet(np.nanmean, np.delete(table, person, axis=1), 1) if table.shape[1] > 1 else table[:, 0] * np.nan
        for c in range(0, len(table), CLIPS):
            found += in_context(others[c : c + CLIPS], table[c : c + CLIPS, person], measure)
    figure = WithinContextCeiling(measure).figure(rated(table))

    assert figure.estimate == (pytest.approx(np.mean(found), abs=1e-10) if found else None)


@pytest.mark.parametrize("measure", ["kendall", "spearman"])
@settings(max_examples=60, deadline=None)
@given(study=studies())
def test_over_all_correlates_means_of_z_scores(measure, study):
    table, scores = study
    spread = quiet(np.nanstd, table, 0)
    z = (table - quiet(np.nanmean, table, 0)) / np.where(spread > 0, spread, np.nan)
    found = in_context(np.round(quiet(np.nanmean, z, 1), 9), scores, measure)
    figure = OverAll(scores, measure).figure(rated(table))

    assert figure.estimate == (pytest.approx(found[0], abs=1e-10) if found else None)


def test_z_scores_leave_out_who_always_answers_the_same():
    z = z_scores(rated([[0, 2], [4, 2], [2, 2]]))

    assert np.isnan(z[1::2]).all()
    assert z[0::2] == pytest.approx([-np.sqrt(1.5), np.sqrt(1.5), 0])


def test_use_of_the_scale_does_not_matter_over_all():
    ranks = np.arange(6)
    figure = OverAll(ranks, "spearman").figure(rated(np.stack([ranks, ranks + 10], axis=1), n_points=16))

    assert figure.estimate == pytest.approx(1)


def test_values_of_the_scale_points_are_used():
    table = [[0, 2], [1, 1], [2, 0]]  # means equal on a straight scale, not on a bent one
    scores = [3, 2, 1]

    assert WithinContext(scores).figure(rated(table)).estimate is None
    bent = WithinContext(scores, values=[0, 1, 10, 11, 12]).figure(rated(table))
    assert bent.estimate == pytest.approx(1 / 2)  # first and third tie; second is below both


def test_top_choice_of_model_and_people():
    table = [[4, 1], [0, 1], [0, 0], [1, np.nan], [2, 3], [3, 0]]
    is_true = [True, False, False, True, False, False]
    model = TopChoice([0.9, 0.1, 0.2, 0.5, 0.5, 0.1], is_true).figure(rated(table))
    people = PeopleTopChoice(is_true).figure(rated(table))

    assert model.estimate == pytest.approx((1 + 0.5) / 2)
    assert (model.n_trials, model.n_judgements) == (6, 11)
    assert people.estimate == pytest.approx(
        (1 + 0.5 + 0) / 3
    )  # the second person did not rate the second context whole


def test_contexts_without_a_single_true_clip_or_a_score_are_left_out():
    table = np.ones((9, 2))
    is_true = [True, False, False, True, True, False, True, False, False]
    scores = [1, 0, 0, 1, 0, 0, 1, np.nan, 0]

    assert TopChoice(scores, is_true).figure(rated(table)).n_trials == 3
    assert PeopleTopChoice(is_true).figure(rated(table)).n_judgements == 4


def test_reasons():
    flat, scores = rated(np.full((3, 2), 2)), [1.0, 2, 3]
    missing = [np.nan] * 3

    assert "told apart" in WithinContext(scores).figure(flat).reason
    assert WithinContext(missing).figure(flat).reason == "the model covers none of the rated clips"
    assert OverAll(scores).figure(flat).reason == "all values equal"
    assert OverAll(missing).figure(rated([[0], [1], [2]])).reason == "the model covers none of the rated clips"
    assert WithinContextCeiling().figure(rated([[0], [1], [2]])).reason == "no clip was rated by two participants"
    assert "one true response" in TopChoice(scores, [False] * 3).figure(flat).reason
    assert "one true response" in PeopleTopChoice([True] * 3).figure(flat).reason


def test_contexts_must_be_named():
    with pytest.raises(ValueError, match="give Judgements a cluster"):
        WithinContext([1.0]).figure(Judgements([0], [0], [1], 1, 1, 5))


@pytest.mark.parametrize("kind", ["percentile", "bca", "calibrated"])
def test_planted_suitability_is_found_with_its_interval_below_the_ceiling(kind):
    rng = np.random.default_rng(9)
    latent = rng.normal(size=120)
    table = np.clip(np.round(2 + latent[:, None] + rng.normal(size=(120, 15))), 0, 4)
    statistics = {
        "model": WithinContext(latent + 0.8 * rng.normal(size=120)),
        "perfect": WithinContext(latent),
        "blind": WithinContext(np.zeros(120)),
        "rho": WithinContext(latent, "spearman"),
        "ceiling": WithinContextCeiling(),
        "over all": OverAll(latent),
        "top": TopChoice(latent, np.arange(120) % 3 == 0),
        "people": PeopleTopChoice(np.arange(120) % 3 == 0),
    }
    resampled = bootstrap.two_way(rated(table), statistics, n_resamples=60, seed=1)
    figures = {name: resampled.figure(name, interval=kind) for name in statistics}

    assert figures["blind"].estimate == 0.5
    assert figures["blind"].reason == "no interval: all resamples give the same value"
    assert figures["model"].estimate < figures["perfect"].estimate
    for name in set(figures) - {"blind"}:
        assert figures[name].low < figures[name].estimate < figures[name].high, name


@pytest.mark.parametrize("statistic", [WithinContext([1.0]), OverAll([1.0]), TopChoice([1.0], [True])])
def test_scores_of_other_clips_are_refused_before_any_resampling(statistic):
    with pytest.raises(ValueError, match=r"one for each of 3 rated clips, not \(1,\)"):
        bootstrap.two_way(rated([[0], [1], [2]]), {"x": statistic})
