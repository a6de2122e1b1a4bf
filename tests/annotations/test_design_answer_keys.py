"""Right answers: what matches a key and what does not."""

import pytest

from annotations.design.answer_keys import is_right, wrong_answers
from annotations.questions.base import Given


def ratings(*values: float) -> list[Given]:
    return [Given(slot=slot, value=value) for slot, value in enumerate(values)]


def test_every_question_of_the_key_must_be_right() -> None:
    key = {"suitability": ratings(3, 3, 3), "odd": [Given(chosen_slot=2)]}
    right = {"suitability": ratings(3, 3, 3), "odd": [Given(chosen_slot=2)], "energy": ratings(1, 5, 2)}
    assert wrong_answers(key, right) == []
    assert wrong_answers(key, right | {"odd": [Given(chosen_slot=0)]}) == ["odd"]
    assert wrong_answers(key, {"suitability": ratings(3, 3, 3)}) == ["odd"]
    assert wrong_answers(key, {}) == ["suitability", "odd"]


@pytest.mark.parametrize(
    ("given", "right"),
    [
        (ratings(3, 1, 5), True),
        (list(reversed(ratings(3, 1, 5))), True),
        (ratings(3, 1, 4), False),  # no tolerance
        (ratings(1, 3, 5), False),  # each clip has its own
        (ratings(3, 1), False),
        (ratings(3, 1, 5, 2), False),
        ([Given(value=3)], False),
    ],
)
def test_per_clip_each_rating_must_be_the_one_of_its_clip(given: list[Given], right: bool) -> None:
    assert is_right(ratings(3, 1, 5), given) is right


def test_of_a_text_capitals_and_spaces_do_not_matter() -> None:
    assert is_right([Given(text="Blue Sky")], [Given(text="  blue   sky ")])
    assert not is_right([Given(text="blue")], [Given(text="blues")])
