"""Which two of the three are most alike. The same judgement as odd one out: the clip left over is stored."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from annotations.questions._triad import N_SLOTS, TriadKind
from annotations.questions.base import choice_key


class Pair(TriadKind):
    """One choice for each pair of clips, in screen order."""

    name = "pair"
    template = "annotations/questions/pair.html"

    def display(self, *, settings: Mapping[str, Any], language: str, presented: Sequence[int]) -> dict[str, Any]:
        """Return `choices`: the pairs as numbered on the screen; `slot` is the clip that each leaves out.

        >>> [c["label"] for c in Pair().display(settings={}, language="en", presented=[2, 0, 1])["choices"]]
        ['1 and 2', '1 and 3', '2 and 3']
        >>> [c["slot"] for c in Pair().display(settings={}, language="en", presented=[2, 0, 1])["choices"]]
        [1, 0, 2]
        """
        pairs = list(combinations(range(N_SLOTS), 2))
        with override(language):
            labels = [_("%(first)d and %(second)d") % {"first": one + 1, "second": two + 1} for one, two in pairs]
        return {
            "choices": [
                {"slot": presented[N_SLOTS - one - two], "label": labels[at], "key": choice_key(at)}
                for at, (one, two) in enumerate(pairs)
            ]
        }


KIND = Pair()
