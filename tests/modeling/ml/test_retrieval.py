"""Ranks against counting by hand, ties included, whatever the chunks; word forms; batches; chance."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeling.ml import retrieval
from modeling.ml.retrieval import (
    FormPrior,
    Ranks,
    batch_ranks,
    chance,
    cosine_ranks,
    form_item_ranks,
    form_ranks,
    score_ranks,
)

DIRECTIONS = np.array([[1, 0], [0, 1], [-1, 0], [0, -1], [0.6, 0.8], [0.8, 0.6], [-0.6, 0.8]])
few = st.lists(st.integers(0, len(DIRECTIONS) - 1), min_size=1, max_size=12)
"""Directions out of a few, so that many candidates are tied."""


def by_hand(scores, true):
    """1 + higher + half of the other ones with the same score."""
    own = scores[true]
    higher = sum(score > own for score in scores)
    return 1 + higher + (sum(score == own for score in scores) - 1) / 2


def scores_of(contexts, candidates):
    return np.round(DIRECTIONS[contexts] @ DIRECTIONS[candidates].T, 9)


@given(few, few, st.data())
def test_ranks_with_ties_are_those_counted_by_hand(contexts, candidates, data):
    true = np.array([data.draw(st.integers(0, len(candidates) - 1)) for _ in contexts])
    scores = scores_of(contexts, candidates)
    ranks = cosine_ranks(DIRECTIONS[contexts] * 3, DIRECTIONS[candidates].astype(np.float32) * 0.7, true)
    assert ranks.pool == len(candidates)
    assert ranks.rank.tolist() == [by_hand(row, own) for row, own in zip(scores.tolist(), true, strict=True)]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12), st.data())
def test_scores_without_a_context(scores, data):
    true = data.draw(st.lists(st.integers(0, len(scores) - 1), min_size=1, max_size=5))
    ranks = score_ranks(np.array(scores, dtype=float), np.array(true))
    assert ranks.rank.tolist() == [by_hand(scores, own) for own in true]


@given(few, few, st.data())
def test_word_forms_by_hand(contexts, candidates, data):
    forms = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(candidates), max_size=len(candidates))))
    own = np.array(data.draw(st.lists(st.sampled_from(forms.tolist()), min_size=len(contexts), max_size=len(contexts))))
    scores = scores_of(contexts, candidates)
    first = form_item_ranks(DIRECTIONS[contexts], DIRECTIONS[candidates], own, forms)
    of_form = form_ranks(DIRECTIONS[contexts], DIRECTIONS[candidates], own, forms)
    known = sorted(set(forms.tolist()))
    assert (first.pool, of_form.pool) == (len(candidates), len(known))
    for i, row in enumerate(scores):
        best = row[forms == own[i]].max()
        assert first.rank[i] == by_hand([best, *row[forms != own[i]]], 0)
        assert of_form.rank[i] == by_hand([row[forms == form].max() for form in known], known.index(own[i]))


@given(few, few, st.lists(st.integers(-1, 3), min_size=1, max_size=9), st.data())
def test_the_frequency_of_forms_is_counted_in_as_a_log_probability(contexts, candidates, seen, data):
    forms = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(candidates), max_size=len(candidates))))
    own = np.array(data.draw(st.lists(st.sampled_from(forms.tolist()), min_size=len(contexts), max_size=len(contexts))))
    found = form_ranks(DIRECTIONS[contexts], DIRECTIONS[candidates], own, forms, prior=FormPrior(3.0, np.array(seen)))
    known = sorted(set(forms.tolist()))
    for i, row in enumerate(scores_of(contexts, candidates)):
        likely = [math.exp(3 * row[forms == form].max()) * (1 + seen.count(form)) for form in known]
        assert found.rank[i] == by_hand(np.round(np.log(likely), 8).tolist(), known.index(own[i]))


def test_forms_ranked_with_their_frequency_are_ranked_by_their_probability():
    """Contexts tell which of four forms is unusually likely there; only with the frequency is the likeliest found."""
    rng = np.random.default_rng(5)
    share = np.array([0.85, 0.05, 0.05, 0.05])
    kinds = rng.integers(0, 4, size=4000)
    likely = share * np.exp(2 * np.eye(4)[kinds])  # each kind of context makes one form e² times as likely
    likely /= likely.sum(axis=1, keepdims=True)
    said = (rng.random(4000)[:, None] > likely.cumsum(axis=1)).sum(axis=1)
    told = (np.eye(4)[kinds], np.eye(4), said, np.arange(4))
    plain = form_ranks(*told).figures()["recall_1"]
    counted = form_ranks(*told, prior=FormPrior(2.0, said)).figures()["recall_1"]
    best = likely.max(axis=1).mean()
    assert counted == pytest.approx(best, abs=0.02)
    assert plain < best - 0.1


def test_chunks_change_nothing(monkeypatch):
    rng = np.random.default_rng(0)
    contexts, candidates = rng.normal(size=(60, 9)), rng.normal(size=(60, 9))
    candidates[30:40] = candidates[3]  # copies of a clip are tied, wherever they are
    whole = cosine_ranks(contexts, candidates).rank
    monkeypatch.setattr(retrieval, "CHUNK_BYTES", 8 * 60 * 7)
    np.testing.assert_array_equal(cosine_ranks(contexts, candidates).rank, whole)
    for copy in (3, 35):
        others = np.delete(candidates, [3, *range(30, 40)], axis=0)
        cosines = others @ contexts[copy] / np.linalg.norm(others, axis=1)
        own = candidates[copy] @ contexts[copy] / np.linalg.norm(candidates[copy])
        assert whole[copy] == 1 + (cosines > own).sum() + 10 / 2


def test_figures_are_shares_of_the_pool():
    figures = Ranks(np.array([1.0, 2.0, 10.0, 10.5, 60.0]), 100).figures()
    assert figures == {
        "top_10": 0.6, "top_25": 0.8, "top_50": 0.8, "recall_1": 0.2, "recall_5": 0.4, "recall_10": 0.6,
        "mrr": pytest.approx((1 + 1 / 2 + 1 / 10 + 1 / 10.5 + 1 / 60) / 5), "median_rank": 0.1,
    }  # fmt: skip


def test_ranks_of_noise_are_near_chance():
    rng = np.random.default_rng(1)
    figures = cosine_ranks(rng.normal(size=(2000, 5)), rng.normal(size=(2000, 5))).figures()
    for name, expected in chance(2000).items():
        assert figures[name] == pytest.approx(expected, abs=0.025), name


def test_batches_pool_what_they_hold():
    rng = np.random.default_rng(2)
    contexts = rng.normal(size=(25, 4))
    candidates = contexts + 0.8 * rng.normal(size=(25, 4))
    ranks, order = batch_ranks(contexts, candidates, batch=10, seed=3)
    assert (ranks.pool, len(order), ranks.how) == (10, 20, "batch-pooled, B = 10")
    cosines = (contexts / np.linalg.norm(contexts, axis=1)[:, None]) @ (
        candidates / np.linalg.norm(candidates, axis=1)[:, None]
    ).T
    for place, context in enumerate(order):
        pool = order[place // 10 * 10 :][:10]
        assert ranks.rank[place] == 1 + (cosines[context, pool] > cosines[context, context]).sum()
    with pytest.raises(ValueError, match="batches of 30 cannot be made of 25 items"):
        batch_ranks(contexts, candidates, batch=30, seed=0)


def test_a_form_that_no_candidate_has_is_refused():
    with pytest.raises(ValueError, match="no candidate has the word form 7"):
        form_ranks(np.ones((1, 2)), np.ones((3, 2)), np.array([7]), np.array([1, 2, 3]))
