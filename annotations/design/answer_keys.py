"""Right answers of attention and practice trials: which questions of a key were answered otherwise.

A key says for each of its questions what `QuestionKind.read_answer` makes of the right answer: the rating of each
clip, the odd slot, and so on. There is no tolerance: a neighbouring point of a scale is wrong. Of a text, capitals and
spaces do not matter. Questions that the key does not name may be answered in any way.
"""

from collections.abc import Mapping, Sequence

from annotations.questions.base import Given

Answers = Mapping[str, Sequence[Given]]
"""Judgements by the name of their question; in any order."""


def wrong_answers(key: Answers, given: Answers) -> list[str]:
    """Return the questions of a key that were answered otherwise, or not at all.

    >>> key = {"odd": [Given(chosen_slot=2)], "suitability": [Given(slot=0, value=3), Given(slot=1, value=3)]}
    >>> wrong_answers(key, {"odd": [Given(chosen_slot=2)], "suitability": [Given(slot=0, value=3)]})
    ['suitability']
    """
    return [question for question, right in key.items() if not is_right(right, given.get(question, ()))]


def is_right(right: Sequence[Given], given: Sequence[Given]) -> bool:
    """Tell whether an answer to one question is the right one: the same judgement for each clip, and no other."""
    return {_plain(one) for one in right} == {_plain(one) for one in given}


def _plain(one: Given) -> tuple[int | None, float | None, int | None, str]:
    return one.slot, one.value, one.chosen_slot, " ".join(one.text.split()).casefold()
