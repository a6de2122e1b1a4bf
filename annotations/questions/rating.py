"""How much, on a scale of whole numbers: for each clip or once for the page."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from annotations.questions.base import (
    BadSettingError,
    Given,
    Percept,
    QuestionKind,
    finite_number,
    number_text,
    shown,
)

CLIP = {"en": "Clip", "sv": "Klipp"}
MAX_POINTS = 101


class Rating(QuestionKind):
    """Settings: `scale` [lowest, highest], `step` between points (1), `ends`: what lowest and highest mean."""

    name = "rating"
    template = "annotations/questions/rating.html"
    setting_names = ("scale", "step", "ends")

    def check_settings(self, raw: Mapping[str, Any], *, per_clip: bool, languages: Sequence[str]) -> dict[str, Any]:
        """Return `scale` and `step` in whole numbers, and `ends`: two texts per language, or nothing if not given."""
        low, high = _scale(raw.get("scale"))
        step = raw.get("step", 1)
        if not _is_whole(step) or step < 1 or (high - low) % step:
            raise BadSettingError(
                "step", f"steps of {shown(step)} do not lead from {low} to {high}", "Give a whole number that does"
            )
        if (high - low) // step >= MAX_POINTS:
            raise BadSettingError("scale", f"more than {MAX_POINTS} points cannot be shown", "Give a larger step")
        return {"scale": [low, high], "step": step, "ends": _ends(raw.get("ends"), languages)}

    def read_answer(self, raw: object, *, settings: Mapping[str, Any], per_clip: bool, n_clips: int) -> list[Given]:
        """Return one number of the scale, or one for each slot."""
        if not per_clip:
            return [Given(value=_on_scale(raw, settings))]
        if not isinstance(raw, list):
            raise ValueError(f"a list with a rating for each of the {n_clips} clips is wanted, not {shown(raw)}")
        if len(raw) != n_clips:
            raise ValueError(f"there are {n_clips} clips and {len(raw)} ratings")
        return [Given(slot=slot, value=_on_scale(each, settings)) for slot, each in enumerate(raw)]

    def display(self, *, settings: Mapping[str, Any], language: str, presented: Sequence[int]) -> dict[str, Any]:
        """Return `points`, what the two `ends` mean (or two empty texts), and `rows`: the clips in screen order."""
        word = CLIP.get(language.split("-")[0], "")
        return {
            "points": [{"value": value, "label": str(value)} for value in _points(settings)],
            "ends": settings["ends"].get(language, ["", ""]),
            "rows": [{"slot": slot, "label": f"{word} {at + 1}".strip()} for at, slot in enumerate(presented)],
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
    if not isinstance(raw, list) or len(raw) != 2 or not all(_is_whole(end) for end in raw) or raw[0] >= raw[1]:
        what = "it is missing" if raw is None else f"{shown(raw)} is no scale"
        raise BadSettingError("scale", what, "Give the lowest and the highest whole number, such as [1, 5]")
    return raw[0], raw[1]


def _ends(raw: object, languages: Sequence[str]) -> dict[str, list[str]]:
    """Return what the ends of the scale mean, for every language; empty where nothing is said."""
    if raw is None:
        return {}
    per_language: dict[str, Any] = raw if isinstance(raw, dict) else dict.fromkeys(languages, raw)
    for language in languages:
        pair = per_language.get(language)
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(end, str) and end for end in pair):
            what = (
                f"the texts of the two ends are missing in {language}"
                if pair is None
                else f"{shown(pair)} are no two texts"
            )
            raise BadSettingError("ends", what, "Give two texts, such as {en: [not at all, extremely]}")
    surplus = sorted(set(per_language) - set(languages))
    if surplus:
        what = f"the study is not in {', '.join(surplus)}"
        raise BadSettingError("ends", what, "Add a title in that language or take the text away")
    return {language: per_language[language] for language in languages}


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


def _is_whole(raw: object) -> bool:
    return isinstance(raw, int) and not isinstance(raw, bool)


KIND = Rating()
