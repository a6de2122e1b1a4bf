"""Best of k, and the one more like the reference."""

import math

import numpy as np
import pytest

from annotations.questions._clip_choice import choice_probabilities
from annotations.questions.anchor import Anchor
from annotations.questions.base import Given, Percept
from annotations.questions.choice import Choice

SIMILARITIES = np.array([9.0, 0.0, 1.0])  # of 1 and 2, of 0 and 2, of 0 and 1


def anchor_answers(percept: Percept, n: int) -> list[int]:
    rng = np.random.default_rng(1)
    return [Anchor().simulate(percept, settings={}, per_clip=False, n_clips=3, rng=rng) for _ in range(n)]


def choices(percept: Percept, n: int, n_clips: int = 4) -> list[int]:
    rng = np.random.default_rng(1)
    return [Choice().simulate(percept, settings={}, per_clip=False, n_clips=n_clips, rng=rng) for _ in range(n)]


def test_the_more_similar_of_the_two_is_chosen():
    assert set(anchor_answers(Percept(SIMILARITIES, None, 0.0), 20)) == {1}
    assert set(anchor_answers(Percept(np.array([9.0, 1.0, 0.0]), None, 0.0), 20)) == {2}


def test_a_listener_compares_the_two_with_the_reference_by_luces_rule():
    answers = anchor_answers(Percept(SIMILARITIES, None, 1.0), 6000)
    shares = np.bincount(answers, minlength=3) / len(answers)
    first, second = choice_probabilities(np.array([1.0, 0.0]), 1.0)
    np.testing.assert_allclose(shares, [0, first, second], atol=0.02)


def test_who_hears_nothing_chooses_either():
    answers = anchor_answers(Percept(SIMILARITIES, None, math.inf), 4000)
    np.testing.assert_allclose(np.bincount(answers) / 4000, [0, 0.5, 0.5], atol=0.03)


def test_nothing_is_compared_without_similarities():
    with pytest.raises(ValueError, match="anchor needs the similarities of three clips"):
        anchor_answers(Percept(None, None, 1.0), 1)


@pytest.mark.parametrize(
    ("presented", "labels", "keys", "reference"),
    [
        ([0, 1, 2], ["2", "3"], ["W", "E"], 1),
        ([2, 0, 1], ["1", "3"], ["Q", "E"], 2),
        ([2, 1, 0], ["1", "2"], ["Q", "W"], 3),
    ],
)
def test_the_reference_keeps_its_number_and_cannot_be_chosen(
    presented: list[int], labels: list[str], keys: list[str], reference: int
):
    shown = Anchor().display(settings={}, language="sv", presented=presented)
    assert [choice["label"] for choice in shown["choices"]] == labels
    assert [choice["key"] for choice in shown["choices"]] == keys
    assert shown["reference"] == reference
    assert shown["cards"] == [{"slot": 0, "label": "Referens"}]


def test_answers_name_what_may_be_chosen():
    with pytest.raises(ValueError, match="there is no clip 0 to choose: the clip more like the reference is 1 or 2"):
        Anchor().read_answer(0, settings={}, per_clip=False, n_clips=3)
    with pytest.raises(ValueError, match="the chosen clip is wanted as 0, 1, 2, 3 or 4, not 'a'"):
        Choice().read_answer("a", settings={}, per_clip=False, n_clips=5)


def test_files_name_the_chosen_clip_and_never_the_reference():
    assert Anchor().to_csv(Given(chosen_slot=2), ("a", "b", "c")) == "c"
    assert Anchor().from_csv("b", ("a", "b", "c"), settings={}) == Given(chosen_slot=1)
    with pytest.raises(ValueError, match="'a' cannot be chosen in this trial: its clips are b, c"):
        Anchor().from_csv("a", ("a", "b", "c"), settings={})


def test_the_best_fitting_clip_is_chosen_by_luces_rule():
    fits = np.array([0.0, 1.5, -1.0, 0.5])
    assert set(choices(Percept(None, fits, 0.0), 20)) == {1}
    answers = choices(Percept(None, fits, 0.8), 6000)
    np.testing.assert_allclose(np.bincount(answers, minlength=4) / 6000, choice_probabilities(fits, 0.8), atol=0.02)


def test_without_a_context_every_clip_is_as_likely():
    answers = choices(Percept(SIMILARITIES, None, 0.0), 4000)
    np.testing.assert_allclose(np.bincount(answers) / 4000, 0.25, atol=0.03)


def test_more_clips_than_keys_have_no_keys():
    shown = Choice().display(settings={}, language="en", presented=list(range(30)))
    keys = [choice["key"] for choice in shown["choices"]]
    assert keys[:3] == ["Q", "W", "E"]
    assert "C" not in keys
    assert keys[25:] == [""] * 5
