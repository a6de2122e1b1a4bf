"""How much, on a scale of whole numbers: for each clip or once for the page."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from annotations.questions._per_clip import clip_rows, one_per_clip, read_ends
from annotations.questions.base import (
    BadSettingError,
    Given,
    Percept,
    QuestionKind,
    finite_number,
    is_whole,
    number_text,
    shown,
)

MAX_POINTS = 101
DISPLAYS = ("discrete", "slider")
FEW_POINTS = 7
FEW_CLIPS = 4


class Rating(QuestionKind):
    """Settings: `scale` [lowest, highest], `step` between points (1), `ends`: what lowest and highest mean.

    `display` is `discrete`, a button for each point, or `slider`, which counts as answered only once it was used.
    """

    name = "rating"
    template = "annotations/questions/rating.html"
    setting_names = ("scale", "step", "ends", "display")

    def check_settings(self, raw: Mapping[str, Any], *, per_clip: bool, languages: Sequence[str]) -> dict[str, Any]:
        """Return `scale` and `step` in whole numbers, and `ends`: two texts per language, or nothing if not given.

        `display` is there for a slider only, so that studies without one keep the digest they always had.
        """
        low, high = _scale(raw.get("scale"))
        step = raw.get("step", 1)
        if not is_whole(step) or step < 1 or (high - low) % step:
            raise BadSettingError(
                "step", f"steps of {shown(step)} do not lead from {low} to {high}", "Give a whole number that does"
            )
        if (high - low) // step >= MAX_POINTS:
            raise BadSettingError("scale", f"more than {MAX_POINTS} points cannot be shown", "Give a larger step")
        display = raw.get("display", DISPLAYS[0])
        if display not in DISPLAYS:
            raise BadSettingError("display", f"{shown(display)} is no display", f"Write {' or '.join(DISPLAYS)}")
        settings = {"scale": [low, high], "step": step, "ends": read_ends(raw.get("ends"), languages)}
        return settings | ({"display": display} if display == "slider" else {})

    def read_answer(self, raw: object, *, settings: Mapping[str, Any], per_clip: bool, n_clips: int) -> list[Given]:
        """Return one number of the scale, or one for each slot."""
        if not per_clip:
            return [Given(value=_on_scale(raw, settings))]
        ratings = one_per_clip(raw, n_clips, "rating")
        return [Given(slot=slot, value=_on_scale(each, settings)) for slot, each in enumerate(ratings)]

    def display(self, *, settings: Mapping[str, Any], language: str, presented: Sequence[int]) -> dict[str, Any]:
        """Return the `scale`, what its two `ends` mean (or two empty texts), and `rows`: the clips in screen order.

        `points` are the buttons, None for a slider; `beside` says that the clips' scales fit beside each other.
        """
        slider = settings.get("display") == "slider"
        points = list(_points(settings))
        return {
            "scale": settings["scale"],
            "step": settings["step"],
            "points": None if slider else [{"value": value, "label": str(value)} for value in points],
            "ends": settings["ends"].get(language, ["", ""]),
            "rows": clip_rows(presented, language),
            "beside": len(presented) <= FEW_CLIPS if slider else len(points) <= FEW_POINTS,
        }

    def simulate(
        self,
        percept: Percept,
        *,
        settings: Mapping[str, Any],
        per_clip: bool,
        n_clips: int,
        rng: np.random.Generator,
    ) -> int | list[int]:
        """Return centre + spread · (fit + noise · N(0, 1)), the spread a quarter of the scale, as points of the scale.

        Without a context, asked once for the page, or with infinite noise nothing that was heard says how to rate:
        every point is then equally likely.
        """
        points = np.array(list(_points(settings)))
        n_ratings = n_clips if per_clip else 1
        if percept.fits is None or not per_clip or np.isinf(percept.noise):
            ratings = [int(point) for point in points[(rng.random(n_ratings) * len(points)).astype(int)]]
        else:
            low, high = settings["scale"]
            heard = percept.fits + percept.noise * rng.standard_normal(n_clips)
            wanted = (low + high) / 2 + (high - low) / 4 * heard
            ratings = [int(points[np.abs(points - each).argmin()]) for each in wanted]
        return ratings if per_clip else ratings[0]

    def to_csv(self, given: Given, clip_keys: Sequence[str]) -> str:
        """Return the number."""
        if given.value is None:
            raise ValueError("a rating holds a number")
        return number_text(given.value)

    def from_csv(self, value: str, clip_keys: Sequence[str], *, settings: Mapping[str, Any]) -> Given:
        """Return the number, which must be on the scale."""
        try:
            number = float(value)
        except ValueError:
            raise ValueError(f"a number is wanted, not {shown(value)}") from None
        return Given(value=_on_scale(number, settings))


def _scale(raw: object) -> tuple[int, int]:
    """Return the lowest and highest point."""
    if not isinstance(raw, list) or len(raw) != 2 or not all(is_whole(end) for end in raw) or raw[0] >= raw[1]:
        what = "it is missing" if raw is None else f"{shown(raw)} is no scale"
        raise BadSettingError("scale", what, "Give the lowest and the highest whole number, such as [1, 5]")
    return raw[0], raw[1]


def _points(settings: Mapping[str, Any]) -> range:
    low, high = settings["scale"]
    return range(low, high + 1, settings["step"])


def _on_scale(raw: object, settings: Mapping[str, Any]) -> float:
    number = finite_number(raw)
    points = _points(settings)
    if number not in points:
        steps = f" in steps of {points.step}" if points.step > 1 else ""
        raise ValueError(f"{number_text(number)} is not on the scale from {points[0]} to {points[-1]}{steps}")
    return number


KIND = Rating()
