"""What kinds share that ask something of each clip: its name on the screen, one answer a slot, texts of two ends."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from annotations.questions.base import BadSettingError, shown


def clip_rows(presented: Sequence[int], language: str) -> list[dict[str, Any]]:
    """Return the clips in screen order: `slot` and `label`.

    >>> clip_rows([2, 0], "en")
    [{'slot': 2, 'label': 'Clip 1'}, {'slot': 0, 'label': 'Clip 2'}]
    """
    with override(language):
        return [
            {"slot": slot, "label": _("Clip %(number)d") % {"number": at}} for at, slot in enumerate(presented, start=1)
        ]


def one_per_clip(raw: object, n_clips: int, noun: str) -> list[Any]:
    """Return the list with one answer for each slot; raise `ValueError` for anything else. `noun`: such as rating."""
    if not isinstance(raw, list):
        raise ValueError(f"a list with a {noun} for each of the {n_clips} clips is wanted, not {shown(raw)}")
    if len(raw) != n_clips:
        raise ValueError(f"there are {n_clips} clips and {len(raw)} {noun}s")
    return raw


def read_ends(raw: object, languages: Sequence[str]) -> dict[str, list[str]]:
    """Return what the two ends mean, for every language; empty where nothing is said."""
    if raw is None:
        return {}
    per_language: Mapping[str, Any] = raw if isinstance(raw, dict) else dict.fromkeys(languages, raw)
    for language in languages:
        pair = per_language.get(language)
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(end, str) and end for end in pair):
            missing = f"the texts of the two ends are missing in {language}"
            what = missing if pair is None else f"{shown(pair)} are no two texts"
            every = ", ".join(f"{each}: [not at all, extremely]" for each in languages)
            raise BadSettingError("ends", what, f"Give two texts in every language of the title, such as {{{every}}}")
    surplus = sorted(set(per_language) - set(languages))
    if surplus:
        what = f"the study is not in {', '.join(surplus)}"
        raise BadSettingError("ends", what, "Add a title in that language or take the text away")
    return {language: per_language[language] for language in languages}
