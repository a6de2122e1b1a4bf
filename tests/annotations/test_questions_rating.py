"""Ratings: points of a scale, per clip or once."""

import math
from typing import Any

import numpy as np
import pytest

from annotations.questions.base import BadSettingError, Given, Percept
from annotations.questions.rating import Rating

RATING = Rating()


def settings(per_clip: bool = True, **raw: Any) -> dict[str, Any]:
    return RATING.check_settings({"scale": [1, 5]} | raw, per_clip=per_clip, languages=["en", "sv"])


def simulate(percept: Percept, seed: int = 1, **how: Any) -> Any:
    arguments = {"settings": settings(), "per_clip": True, "n_clips": 3} | how
    return RATING.simulate(percept, rng=np.random.default_rng(seed), **arguments)


def test_defaults_are_filled_in():
    assert settings() == {"scale": [1, 5], "step": 1, "ends": {}}
    assert settings(ends=["low", "high"])["ends"] == {"en": ["low", "high"], "sv": ["low", "high"]}


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ({"scale": None}, "scale"),
        ({"scale": [5, 1]}, "scale"),
        ({"scale": [1, 1]}, "scale"),
        ({"scale": [1, 2, 3]}, "scale"),
        ({"scale": [1.0, 5]}, "scale"),
        ({"scale": [False, True]}, "scale"),
        ({"scale": "1-5"}, "scale"),
        ({"scale": [0, 101]}, "scale"),
        ({"step": 0}, "step"),
        ({"step": 3}, "step"),
        ({"step": 0.5}, "step"),
        ({"step": True}, "step"),
        ({"ends": ["low"]}, "ends"),
        ({"ends": ["low", ""]}, "ends"),
        ({"ends": {"en": ["low", "high"]}}, "ends"),
        ({"ends": {"en": ["l", "h"], "sv": ["l", "h"], "de": ["l", "h"]}}, "ends"),
    ],
)
def test_what_is_no_scale(raw: dict[str, Any], key: str):
    with pytest.raises(BadSettingError) as caught:
        settings(**raw)
    assert caught.value.key == key
    assert caught.value.mend


def test_what_is_shown():
    shown = RATING.display(
        settings=settings(ends={"en": ["low", "high"], "sv": ["låg", "hög"]}), language="sv", presented=[2, 0, 1]
    )
    assert [point["value"] for point in shown["points"]] == [1, 2, 3, 4, 5]
    assert shown["points"][0]["label"] == "1"
    assert shown["ends"] == ["låg", "hög"]
    assert shown["rows"] == [
        {"slot": 2, "label": "Klipp 1"},
        {"slot": 0, "label": "Klipp 2"},
        {"slot": 1, "label": "Klipp 3"},
    ]
    assert RATING.display(settings=settings(), language="en", presented=[0])["ends"] == ["", ""]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([1, 2], "there are 3 clips and 2 ratings"),
        (3, "a list with a rating for each of the 3 clips is wanted, not 3"),
        ([1, 2, 6], "6 is not on the scale from 1 to 5"),
        ([1, 2, 2.5], "2.5 is not on the scale from 1 to 5"),
        ([1, 2, "3"], "a number is wanted, not '3'"),
    ],
)
def test_refusals_say_what_is_wrong(answer: object, message: str):
    with pytest.raises(ValueError, match=message):
        RATING.read_answer(answer, settings=settings(), per_clip=True, n_clips=3)


def test_simulated_ratings_follow_the_fit():
    quiet = Percept(None, np.array([-2.0, 0.0, 1.0]), 0.0)
    assert simulate(quiet) == [1, 3, 4]  # centre 3, a quarter of the scale is 1
    assert simulate(Percept(None, np.array([-9.0, 0.0, 9.0]), 0.0)) == [1, 3, 5]
    tens = settings(scale=[0, 100], step=10)
    assert simulate(Percept(None, np.array([-2.0, 0.1, 1.3]), 0.0), settings=tens) == [0, 50, 80]


def test_simulated_ratings_have_the_noise_asked_for():
    wide = settings(scale=[0, 100])
    fits = np.array([0.0, 0.0, 0.0])
    ratings = [simulate(Percept(None, fits, 0.4), seed, settings=wide) for seed in range(1000)]
    assert np.std(ratings) == pytest.approx(0.4 * 25, rel=0.05)
    assert np.mean(ratings) == pytest.approx(50, abs=1)


@pytest.mark.parametrize(
    ("percept", "per_clip"),
    [
        (Percept(None, np.array([2.0, 2.0, 2.0]), math.inf), True),
        (Percept(np.array([1.0, 0.0, 0.0]), None, 0.5), True),
        (Percept(None, np.array([2.0, 2.0, 2.0]), 0.5), False),
    ],
)
def test_without_anything_to_go_by_every_point_is_as_likely(percept: Percept, per_clip: bool):
    ratings = np.ravel([simulate(percept, seed, per_clip=per_clip) for seed in range(2000)])
    shares = np.bincount(ratings, minlength=6)[1:] / len(ratings)
    np.testing.assert_allclose(shares, 0.2, atol=0.04)


@pytest.mark.parametrize(("number", "text"), [(3.0, "3"), (-2.0, "-2"), (0.1, "0.1"), (1 / 3, "0.3333333333333333")])
def test_numbers_are_written_so_that_they_read_back(number: float, text: str):
    assert RATING.to_csv(Given(value=number), ()) == text
    assert float(text) == number


def test_a_slider_is_the_same_scale_shown_otherwise():
    slider = settings(scale=[0, 100], display="slider", ends=["low", "high"])
    assert slider["display"] == "slider"
    shown = RATING.display(settings=slider, language="en", presented=[2, 0, 1])
    assert (shown["points"], shown["scale"], shown["step"]) == (None, [0, 100], 1)
    assert shown["ends"] == ["low", "high"]
    assert [row["slot"] for row in shown["rows"]] == [2, 0, 1]
    assert RATING.read_answer([0, 50, 100], settings=slider, per_clip=True, n_clips=3)[1] == Given(slot=1, value=50)


def test_buttons_are_what_is_shown_unless_the_study_says_otherwise():
    assert settings(display="discrete") == settings()
    with pytest.raises(BadSettingError, match=r"'knob' is no display\. Write discrete or slider"):
        settings(display="knob")
