"""Rules of exclusion: where each begins to bite, and what it says."""

from collections.abc import Hashable

import pytest

from annotations.design.exclusion_rules import (
    Evidence,
    attention_failed,
    implausible,
    median_too_quick,
    on_screen,
    same_answer,
)
from annotations.questions.base import Given


def test_attention_failed_counts_what_failed() -> None:
    evidence = Evidence(attention_given=3, attention_failed=2)
    assert attention_failed(evidence, more_than=1) == "failed 2 of 3 attention trials, more than 1"
    assert attention_failed(evidence, more_than=2) is None
    assert attention_failed(Evidence(), more_than=0) is None


def test_the_median_is_held_against_the_limit() -> None:
    evidence = Evidence(rt_ms=(500.0, 812.0, 9000.0))
    assert median_too_quick(evidence, below_ms=1500) == "median response time 812 ms is below 1500 ms"
    assert median_too_quick(evidence, below_ms=812) is None
    assert median_too_quick(Evidence(), below_ms=1500) is None


def test_the_figure_never_reads_like_the_limit() -> None:
    assert median_too_quick(Evidence(rt_ms=(1499.97,)), below_ms=1500) == (
        "median response time 1499.9 ms is below 1500 ms"
    )


def test_the_question_with_the_largest_share_counts() -> None:
    evidence = Evidence(answers={"a.odd": [0, 1, 2, 0, 1, 2], "b.similar": [1, 1, 1, 1, 1, 0]})
    assert same_answer(evidence, share_above=0.8) == "the same answer to b.similar in 5 of 6 trials, more than 80 %"
    assert same_answer(evidence, share_above=5 / 6) is None


@pytest.mark.parametrize(("answers", "broken"), [([1] * 4, False), ([1] * 5, True), ([], False)])
def test_a_share_needs_a_few_trials(answers: list[Hashable], broken: bool) -> None:
    assert bool(same_answer(Evidence(answers={"a.odd": answers}), share_above=0.9)) is broken


def test_a_share_of_answers_that_came_too_soon() -> None:
    evidence = Evidence(answered=20, implausible=5)
    assert implausible(evidence, share_above=0.2) == (
        "5 of 20 answers came sooner than their sounds take, more than 20 %"
    )
    assert implausible(evidence, share_above=0.25) is None
    assert implausible(Evidence(answered=4, implausible=4), share_above=0) is None
    assert implausible(Evidence(), share_above=0) is None


def test_always_the_first_button_is_the_same_answer_though_slots_differ() -> None:
    orders = [[0, 1, 2], [2, 1, 0], [1, 0, 2]]
    assert {on_screen([Given(chosen_slot=order[0])], order) for order in orders} == {0}
    assert {on_screen([Given(chosen_slot=0)], order) for order in orders} == {0, 2, 1}


def test_ratings_are_compared_as_rows_of_the_screen() -> None:
    given = [Given(slot=0, value=1.0), Given(slot=1, value=2.0), Given(slot=2, value=3.0)]
    assert on_screen(given, [2, 0, 1]) == (3.0, 1.0, 2.0)
    assert on_screen([Given(value=4.0)], [2, 0, 1]) == 4.0


def test_what_cannot_be_compared_is_left_out() -> None:
    assert on_screen([Given(text="hm")], [0, 1, 2]) is None
    assert on_screen([Given(slot=slot, text="") for slot in range(3)], [0, 1, 2]) is None
    assert on_screen([Given(chosen_slot=1)], []) is None
    assert on_screen([], [0, 1, 2]) is None
