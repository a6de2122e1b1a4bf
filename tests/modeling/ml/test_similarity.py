"""Cosines and the choice in a triad."""

import numpy as np

from modeling.ml.similarity import cosine_similarities, odd_slots


def test_cosines_are_those_of_the_definition() -> None:
    vectors = np.random.default_rng(0).normal(size=(6, 9)).astype(np.float32)
    cosines = cosine_similarities(vectors)
    for i in range(6):
        for j in range(6):
            a, b = vectors[i].astype(float), vectors[j].astype(float)
            assert abs(cosines[i, j] - a @ b / np.sqrt((a @ a) * (b @ b))) < 1e-12
    np.testing.assert_array_equal(cosines, cosines.T)


def test_a_zero_vector_has_no_cosine() -> None:
    cosines = cosine_similarities(np.array([[0.0, 0.0], [1.0, 2.0]]))
    assert np.isnan(cosines[0]).all()
    assert np.isnan(cosines[:, 0]).all()
    assert abs(cosines[1, 1] - 1) < 1e-12


def test_the_odd_clip_is_the_one_outside_the_most_similar_pair() -> None:
    similarities = np.array([[1, 0.9, 0.1, 0.2], [0.9, 1, 0.3, 0.4], [0.1, 0.3, 1, 0.8], [0.2, 0.4, 0.8, 1]])
    triads = np.array([[0, 1, 2], [2, 0, 1], [0, 2, 3], [2, 3, 1]])
    assert odd_slots(similarities, triads).tolist() == [2, 0, 0, 2]
