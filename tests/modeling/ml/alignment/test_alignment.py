"""No clip of a test triad is seen in training; a planted perceptual direction is found, noise is not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeling.ml.alignment.folds import clip_folds
from modeling.ml.alignment.transform import bits, fit, temperature_of, triad_cosines
from modeling.ml.alignment.validation import align, fit_fold
from modeling.ml.ordinal.judged import Judged


def some_triads(n, m, seed=0):
    rng = np.random.default_rng(seed)
    return np.array([rng.choice(n, 3, replace=False) for _ in range(m)])


@settings(max_examples=30)
@given(st.integers(0, 1000), st.booleans())
def test_folds_share_no_clip_and_test_every_triad_once(seed, in_words):
    triads = some_triads(40, 200, seed)
    if in_words:  # eight words of five clips each, and triads within a word
        triads = np.concatenate([some_triads(5, 20, seed + word) + 5 * word for word in range(8)])
    folds = clip_folds(triads, seed=seed)
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(len(triads)))
    for fold in folds:
        assert not set(triads[fold.train].ravel()) & set(triads[fold.test].ravel())
    if in_words:
        assert len(folds) == 6
        assert all(len(fold.train) + len(fold.test) == len(triads) for fold in folds)


def test_too_few_triads_are_refused():
    with pytest.raises(ValueError, match="leave nothing to train on"):
        clip_folds(np.array([[0, 1, 2], [1, 2, 3]]))


@pytest.fixture(scope="module")
def heard():
    """Vectors in which a large direction means nothing to people, and their judgements by the small ones."""
    rng = np.random.default_rng(0)
    meaning = rng.normal(size=(60, 2))
    vectors = np.concatenate([meaning, 6 * rng.normal(size=(60, 1)), 0.1 * rng.normal(size=(60, 9))], axis=1)
    turn = np.linalg.qr(rng.normal(size=(12, 12)))[0]
    unit = meaning / np.linalg.norm(meaning, axis=1, keepdims=True)
    triads = some_triads(60, 1500)
    cosines = np.stack([(unit[triads[:, a]] * unit[triads[:, b]]).sum(1) for a, b in ((1, 2), (0, 2), (0, 1))], 1)
    noisy = cosines + 0.2 * rng.normal(size=cosines.shape)
    return vectors @ turn, triads, noisy.argmax(axis=1)


@pytest.mark.parametrize(("rank", "strengths"), [(1, (1e-2,)), (None, (1e-3,))])
def test_a_planted_direction_is_found_on_clips_never_seen(heard, rank, strengths):
    vectors, triads, odd = heard
    aligned = align(vectors, Judged.of(triads, odd), rank=rank, strengths=strengths, n_groups=5)
    assert aligned.raw_accuracy < 0.55
    assert aligned.accuracy > aligned.raw_accuracy + 0.15
    assert aligned.bits < aligned.raw_bits - 0.2


def test_judgements_at_random_teach_nothing(heard):
    vectors, triads, _ = heard
    odd = np.random.default_rng(1).integers(3, size=len(triads))
    aligned = align(vectors, Judged.of(triads, odd), rank=1, strengths=(1e-1,), n_groups=5)
    assert aligned.accuracy == pytest.approx(1 / 3, abs=0.04)
    assert aligned.bits == pytest.approx(np.log2(3), abs=0.05)


def test_a_strong_penalty_leaves_the_embeddings_as_they_are(heard):
    vectors, triads, odd = heard
    judged = Judged.of(triads, odd)
    changes = [np.linalg.norm(fit(vectors, judged, rank=None, strength=each).change) for each in (1e-4, 1e-2, 1e3)]
    assert changes[0] > changes[1] > changes[2]
    assert changes[2] < 1e-3


def test_the_temperature_is_the_likeliest():
    rng = np.random.default_rng(3)
    similarities = rng.normal(size=(20_000, 3))
    weights = np.exp(similarities / 0.4)
    drawn = (rng.random((20_000, 1)) > (weights / weights.sum(1, keepdims=True)).cumsum(1)).sum(1).clip(max=2)
    judged = Judged(some_triads(50, 20_000), drawn, np.ones(20_000, dtype=int))
    assert temperature_of(similarities, judged) == pytest.approx(0.4, abs=0.02)


def test_rank_of_the_change(heard):
    vectors, triads, odd = heard
    change = fit(vectors, Judged.of(triads, odd), rank=2, strength=1e-3).change
    assert np.linalg.matrix_rank(change, tol=1e-8) == 2


def test_anchored_judgements_choose_between_two_pairs(heard):
    vectors, triads, _ = heard
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    nearer = [(unit[triads[:, 0]] * unit[triads[:, each]]).sum(axis=1) for each in (1, 2)]
    judged = Judged.of(triads, np.where(nearer[0] > nearer[1], 2, 1), anchored=True)
    cosines = triad_cosines(vectors, judged)
    assert judged.credit_of(cosines).mean() == 1
    assert bits(cosines, judged, 0.1).max() < 1.0  # a guess between two costs one bit
    assert fit(vectors, judged, rank=1, strength=1e-3).temperature < 0.1


def test_all_that_is_chosen_in_a_fold_comes_from_its_training_triads(heard):
    """Strength, temperatures and transform stay the same whatever was answered about the fold's other clips."""
    vectors, triads, odd = heard
    fold = clip_folds(triads, n_groups=5)[0]
    others = np.setdiff1d(np.arange(len(triads)), fold.train)
    turned = odd.copy()
    turned[others] = (turned[others] + 1) % 3
    one, other = (
        fit_fold(
            vectors, Judged(triads, answers, np.ones(len(triads), dtype=int)), fold,
            rank=1, strengths=(1e-3, 1e-2), seed=0,
        )
        for answers in (odd, turned)
    )  # fmt: skip
    np.testing.assert_array_equal(one.similarities, other.similarities)
    assert (one.strength, one.temperature, one.raw_temperature) == (
        other.strength, other.temperature, other.raw_temperature,
    )  # fmt: skip


def test_few_judgements_leave_the_temperature_near_where_it_is_expected():
    similarities, judged = np.eye(3)[[0]], Judged(np.array([[0, 1, 2]]), np.array([0]), np.ones(1, dtype=int))
    assert temperature_of(similarities, judged) < 0.1  # one judgement, fitted without error
    assert 0.2 < temperature_of(similarities, judged, near=0.5) < 0.5
