"""In the listener's own words. What people write can tell who they are: it is stored, and no export holds it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from annotations.questions._per_clip import clip_rows, one_per_clip
from annotations.questions.base import BadSettingError, Given, Percept, QuestionKind, is_whole, shown

LONGEST = 10_000
USUAL = 1000
SIMULATED = "simulated"


class Text(QuestionKind):
    """Settings: `max_length` in characters (1000), `required` (false): whether the page waits for it."""

    name = "text"
    template = "annotations/questions/text.html"
    setting_names = ("max_length", "required")

    def check_settings(self, raw: Mapping[str, Any], *, per_clip: bool, languages: Sequence[str]) -> dict[str, Any]:
        """Return `max_length` and `required`."""
        length, required = raw.get("max_length", USUAL), raw.get("required", False)
        if not is_whole(length) or not 1 <= length <= LONGEST:
            mend = f"Give a whole number of characters from 1 to {LONGEST}"
            raise BadSettingError("max_length", f"{shown(length)} is no length", mend)
        if not isinstance(required, bool):
            raise BadSettingError("required", f"{shown(required)} is neither true nor false", "Write true or false")
        return {"max_length": length, "required": required}

    def read_answer(self, raw: object, *, settings: Mapping[str, Any], per_clip: bool, n_clips: int) -> list[Given]:
        """Return the text, or one for each slot, without white space around it; where nothing is written, nothing."""
        texts = enumerate(one_per_clip(raw, n_clips, "text")) if per_clip else [(None, raw)]
        given = [Given(slot=slot, text=_clean(text, settings)) for slot, text in texts]
        return [one for one in given if one.text]

    def display(self, *, settings: Mapping[str, Any], language: str, presented: Sequence[int]) -> dict[str, Any]:
        """Return `max_length`, `required`, and `rows`: the clips in screen order."""
        return {**settings, "rows": clip_rows(presented, language)}

    def simulate(
        self,
        percept: Percept,
        *,
        settings: Mapping[str, Any],
        per_clip: bool,
        n_clips: int,
        rng: np.random.Generator,
    ) -> str | list[str]:
        """Return a word that says where it comes from: a simulated listener has nothing to tell."""
        word = SIMULATED[: settings["max_length"]]
        return [word] * n_clips if per_clip else word

    def to_csv(self, given: Given, clip_keys: Sequence[str]) -> str:
        """Return the text."""
        if not given.text:
            raise ValueError("an answer in words holds a text")
        return given.text

    def from_csv(self, value: str, clip_keys: Sequence[str], *, settings: Mapping[str, Any]) -> Given:
        """Return the text."""
        return Given(text=_clean(value, {**settings, "required": True}))


def _clean(raw: object, settings: Mapping[str, Any]) -> str:
    """Return a text that every database takes, with plain line ends; raise `ValueError` where it cannot be stored."""
    if not isinstance(raw, str):
        raise ValueError(f"a text is wanted, not {shown(raw)}")
    text = raw.replace("\r\n", "\n").strip()
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("a text of whole characters is wanted, and this one holds halves or zeros")
    if len(text) > settings["max_length"]:
        raise ValueError(f"a text of at most {settings['max_length']} characters is wanted, and this has {len(text)}")
    if settings["required"] and not text:
        raise ValueError("a text is wanted, and nothing is written")
    return text


KIND = Text()
