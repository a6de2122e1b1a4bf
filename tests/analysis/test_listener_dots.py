"""The picture of listeners and the suggested rules, from rows made by hand."""

from dataclasses import fields
from itertools import pairwise
from typing import Any

import pytest

from analysis.listeners.quality import Quality
from analysis.listeners.rules import SUGGESTIONS
from analysis.report.listener_dots import STEP, dots_of

COMPETENCE, REPEATS, EARLY = (breaks for _, _, breaks in SUGGESTIONS)


def listener(key: str = "a", **given: Any) -> Quality:
    counts = dict.fromkeys(("n_triads", "n_ratings", "n_repeats", "n_repeated_ratings"), 0)
    about = {"participant": key, "population": "people", "included": True, "exclusion": "", "undefined": ""}
    missing: dict[str, Any] = dict.fromkeys(field.name for field in fields(Quality))
    return Quality(**(missing | counts | about | {"n_pages": 30} | given))


def judged(key: str, agreement: float, low: float, competence: float, high: float, **given: Any) -> Quality:
    ends = {"competence_low": low, "competence": competence, "competence_high": high}
    return listener(key, agreement=agreement, agreement_guessing=1 / 3, n_triads=30, **ends, **given)


def test_a_dot_lies_where_its_figures_say():
    dots = dots_of([judged("good", 0.9, 0.7, 0.8, 0.9), judged("bad", 0.3, 0.2, 0.3, 0.5, included=False)])
    good, bad = dots.spots
    assert good.x > dots.guess_x > bad.x
    assert good.top < good.y < good.bottom < dots.guess_y
    assert bad.top < dots.guess_y < bad.y < bad.bottom
    assert (good.excluded, bad.excluded) == (False, True)
    assert good.name == "good: agreement with the others 0.90, competence 0.80 [0.70, 0.90]"
    assert bad.name.endswith("; excluded (no reason given)")
    assert "the interval of 1 reaches guessing, 0.33; 1 excluded, drawn as crosses" in dots.words


def test_dots_at_one_place_stand_side_by_side():
    dots = dots_of([judged(str(number), 0.8, 0.5, 0.7, 0.9) for number in range(3)])
    places = [spot.x for spot in dots.spots]
    assert [b - a for a, b in pairwise(places)] == pytest.approx([STEP, STEP])
    assert places[1] == dots_of([judged("alone", 0.8, 0.5, 0.7, 0.9)]).spots[0].x


def test_ratings_stand_in_where_there_are_no_triads():
    dots = dots_of([listener("a", rating_sd=0.3, rating_correlation=0.5), listener("constant", rating_sd=0.0)])
    assert (len(dots.spots), dots.n_left_out, dots.has_intervals, dots.guess_x) == (1, 1, False, None)
    assert dots.up_name == "correlation with the others’ mean ratings"
    assert dots_of([listener()]) is None


def test_low_competence_is_suggested_only_below_the_median_listener():
    few = [judged(str(number), 0.5, 0.2, 0.4, 0.7) for number in range(9)]
    guesser = judged("guesser", 0.3, 0.1, 0.25, 0.38)
    assert not any(COMPETENCE(one, few) for one in few)
    assert COMPETENCE(guesser, [*few, guesser])
    assert not COMPETENCE(judged("good", 0.5, 0.35, 0.36, 0.38), few)


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({"n_repeats": 3, "repeats_same": 1 / 3, "repeats_guessing": 1 / 3}, True),
        ({"n_repeats": 3, "repeats_same": 2 / 3, "repeats_guessing": 1 / 3}, False),
        ({"n_repeats": 2, "repeats_same": 0.0, "repeats_guessing": 1 / 3}, False),
        ({"n_repeated_ratings": 3, "repeats_difference": 0.4, "repeats_difference_guessing": 0.3}, True),
        ({"n_repeated_ratings": 3, "repeats_difference": 0.1, "repeats_difference_guessing": 0.3}, False),
        ({"n_repeated_ratings": 3, "repeats_difference": 0.0, "repeats_difference_guessing": 0.0}, False),
    ],
)
def test_repeats_at_guessing(given, broken):
    assert REPEATS(listener(**given), []) is broken


def test_too_early_needs_some_pages():
    assert EARLY(listener(rt_below_hearing=0.25), [])
    assert not EARLY(listener(rt_below_hearing=0.2), [])
    assert not EARLY(listener(rt_below_hearing=1.0, n_pages=4), [])
