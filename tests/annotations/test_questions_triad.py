"""Odd one out and most similar pair: the same judgement told twice."""

import math

import numpy as np
import pytest

from annotations.questions._clip_choice import choice_probabilities
from annotations.questions.base import Given, Percept
from annotations.questions.odd_one_out import OddOneOut
from annotations.questions.pair import Pair

SIMILARITIES = np.array([2.0, 0.0, -1.0])


def test_clips_are_numbered_and_keyed_in_screen_order():
    shown = OddOneOut().display(settings={}, language="en", presented=[2, 0, 1])
    assert shown["choices"] == [
        {"slot": 2, "label": "1", "key": "Q"},
        {"slot": 0, "label": "2", "key": "W"},
        {"slot": 1, "label": "3", "key": "E"},
    ]


@pytest.mark.parametrize(("language", "word"), [("en", "and"), ("sv", "och"), ("sv-FI", "och"), ("de", "and")])
def test_a_pair_stands_for_the_clip_that_it_leaves_out(language: str, word: str):
    shown = Pair().display(settings={}, language=language, presented=[2, 0, 1])
    assert shown["choices"] == [
        {"slot": 1, "label": f"1 {word} 2", "key": "Q"},
        {"slot": 0, "label": f"1 {word} 3", "key": "W"},
        {"slot": 2, "label": f"2 {word} 3", "key": "E"},
    ]


def test_probabilities_are_the_softmax_over_pairs():
    probabilities = choice_probabilities(SIMILARITIES, 0.5)
    expected = np.exp(SIMILARITIES / 0.5) / np.exp(SIMILARITIES / 0.5).sum()
    np.testing.assert_allclose(probabilities, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("similarities", "noise", "expected"),
    [
        ([2.0, 0.0, -1.0], math.inf, [1 / 3, 1 / 3, 1 / 3]),
        ([2.0, 0.0, -1.0], 0.0, [1, 0, 0]),
        ([1.0, 1.0, 0.0], 0.0, [0.5, 0.5, 0]),
        ([900.0, 0.0, -900.0], 0.01, [1, 0, 0]),
    ],
)
def test_probabilities_at_the_ends(similarities: list[float], noise: float, expected: list[float]):
    np.testing.assert_allclose(choice_probabilities(np.array(similarities), noise), expected, atol=1e-12)


def test_a_simulated_listener_chooses_with_these_probabilities():
    rng = np.random.default_rng(1)
    percept = Percept(SIMILARITIES, None, 1.5)
    answers = [Pair().simulate(percept, settings={}, per_clip=False, n_clips=3, rng=rng) for _ in range(6000)]
    shares = np.bincount(answers, minlength=3) / len(answers)
    np.testing.assert_allclose(shares, choice_probabilities(SIMILARITIES, 1.5), atol=0.02)


def test_the_same_seed_answers_the_same():
    percept = Percept(SIMILARITIES, None, 1.0)

    def answers(seed: int) -> list[int]:
        rng = np.random.default_rng(seed)
        return [OddOneOut().simulate(percept, settings={}, per_clip=False, n_clips=3, rng=rng) for _ in range(30)]

    assert answers(1) == answers(1) != answers(2)


def test_nothing_is_simulated_without_similarities():
    with pytest.raises(ValueError, match="odd_one_out needs the similarities of a triad"):
        OddOneOut().simulate(
            Percept(None, None, 1.0), settings={}, per_clip=False, n_clips=3, rng=np.random.default_rng(1)
        )


def test_files_name_the_odd_clip():
    assert Pair().to_csv(Given(chosen_slot=1), ("a", "b", "c")) == "b"
    assert OddOneOut().from_csv("c", ("a", "b", "c"), settings={}) == Given(chosen_slot=2)
    with pytest.raises(ValueError, match="the odd clip 'd' is not in this trial: its clips are a, b, c"):
        OddOneOut().from_csv("d", ("a", "b", "c"), settings={})
    with pytest.raises(ValueError, match="'a' is in this trial more than once"):
        OddOneOut().from_csv("a", ("a", "a", "c"), settings={})
