"""Which of the three is unlike the other two."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotations.questions._triad import TriadKind
from annotations.questions.base import CHOICE_KEYS


class OddOneOut(TriadKind):
    """One choice for each clip, in screen order."""

    name = "odd_one_out"
    template = "annotations/questions/odd_one_out.html"

    def display(self, *, settings: Mapping[str, Any], language: str, presented: Sequence[int]) -> dict[str, Any]:
        """Return `choices`: the clips as they are numbered on the screen.

        >>> OddOneOut().display(settings={}, language="en", presented=[2, 0, 1])["choices"][0]
        {'slot': 2, 'label': '1', 'key': 'Q'}
        """
        return {
            "choices": [
                {"slot": slot, "label": str(at + 1), "key": CHOICE_KEYS[at]} for at, slot in enumerate(presented)
            ]
        }


KIND = OddOneOut()
