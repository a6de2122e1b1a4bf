"""Retrieval figures with intervals over dialogues: right resamples, right medians, and intervals that cover."""

import numpy as np
import pytest

from analysis.stats.resampling import copies
from analysis.stats.retrieval import DialogueBootstrap, Retrieved, _medians


def retrieved(rank, pool=100):
    rank = np.asarray(rank, dtype=float)
    return Retrieved({"top_10": (rank <= 0.1 * pool).astype(float), "mrr": 1 / rank}, rank, pool)


def test_resampled_values_are_those_of_repeated_dialogues():
    rng = np.random.default_rng(0)
    dialogue, rank = rng.integers(7, size=40), rng.integers(1, 100, size=40) + rng.integers(2, size=40) / 2
    bootstrap = DialogueBootstrap(dialogue, {"a": retrieved(rank)}, n_resamples=50, seed=4)
    drawn = copies(np.random.default_rng(4), 7, 50)
    for r in range(50):
        taken = np.repeat(np.arange(40), drawn[dialogue, r].astype(int))
        assert bootstrap._draws("a", "mrr")[r] == pytest.approx((1 / rank[taken]).mean())
        assert bootstrap._draws("a", "median_rank")[r] == pytest.approx(np.median(rank[taken]) / 100)


def test_medians_in_chunks(monkeypatch):
    rng = np.random.default_rng(1)
    ranks, dialogue = rng.random(31), rng.integers(5, size=31)
    drawn = copies(rng, 5, 20)
    whole = _medians(ranks, dialogue, drawn)
    monkeypatch.setattr("analysis.stats.retrieval.CHUNK_BYTES", 8 * 31 * 3)
    np.testing.assert_array_equal(_medians(ranks, dialogue, drawn), whole)


def test_figures_say_how_they_were_made():
    rng = np.random.default_rng(2)
    models = {"a": retrieved(rng.integers(1, 101, size=200)), "b": retrieved(rng.integers(1, 60, size=200))}
    bootstrap = DialogueBootstrap(np.repeat(np.arange(20), 10), models, seed=1)
    figures = bootstrap.figures("a")
    assert list(figures) == ["top_10", "mrr", "median_rank"]
    figure = figures["top_10"]
    assert figure.method == (
        "top_10, pool of 100; 95% percentile interval, bootstrap over 20 dialogues, B = 2000, seed 1"
    )
    assert figure.low < figure.estimate < figure.high
    assert figure.n_trials == 200
    again = DialogueBootstrap(np.repeat(np.arange(20), 10), models, seed=1)
    assert again.figures("a") == figures


def test_the_difference_is_paired():
    rng = np.random.default_rng(3)
    difficulty = np.repeat(rng.integers(0, 60, size=30), 10)
    rank = difficulty + rng.integers(1, 41, size=300)
    models = {"one": retrieved(np.maximum(rank - rng.integers(7, size=300), 1)), "other": retrieved(rank)}
    bootstrap = DialogueBootstrap(np.repeat(np.arange(30), 10), models)
    difference = bootstrap.difference("other", "one", "median_rank")
    assert 0 < difference.low <= difference.estimate <= difference.high
    alone = bootstrap.figure("one", "median_rank")
    assert difference.high - difference.low < (alone.high - alone.low) / 3
    assert bootstrap.difference("one", "one", "mrr").reason == "no interval: all resamples give the same value"


def test_intervals_cover_where_contexts_of_a_dialogue_are_alike():
    rng = np.random.default_rng(5)
    dialogue, covered, over_contexts = np.repeat(np.arange(40), 10), 0, 0
    for _ in range(200):
        hit = rng.random(400) < np.repeat(rng.beta(1, 2, size=40), 10)  # the true share is 1/3
        model = Retrieved({"hit": hit.astype(float)}, np.ones(400), 10)
        for owner in (dialogue, np.arange(400)):
            figure = DialogueBootstrap(owner, {"m": model}, n_resamples=300).figure("m", "hit")
            inside = figure.low <= 1 / 3 <= figure.high
            covered, over_contexts = (
                covered + (inside and owner is dialogue),
                over_contexts + inside * (owner is not dialogue),
            )
    assert 0.89 <= covered / 200 <= 0.98
    assert over_contexts / 200 < 0.85  # contexts taken for independent give intervals that are too narrow


def test_what_cannot_be_said():
    one = DialogueBootstrap(np.zeros(5), {"a": retrieved([1, 2, 3, 4, 5])})
    assert one.figure("a", "mrr").reason == "no interval: only one dialogue"
    nothing = DialogueBootstrap(np.zeros(0), {"a": retrieved([])})
    assert nothing.figure("a", "mrr").reason == "no contexts"
    assert nothing.difference("a", "a", "mrr").reason == "no contexts"
    with pytest.raises(ValueError, match="a has 3 contexts, and 2 have a dialogue"):
        DialogueBootstrap([1, 2], {"a": retrieved([1, 2, 3])})
