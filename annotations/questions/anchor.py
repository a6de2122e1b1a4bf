"""Which of the other two is more like the first: slot 0 is the reference, whatever its place on the screen."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import override

from annotations.questions._clip_choice import ClipChoice, draw
from annotations.questions.base import Percept

REFERENCE = 0


class Anchor(ClipChoice):
    """One choice for each clip but the reference; the slot of the one that is more like it is stored."""

    name = "anchor"
    template = "annotations/questions/anchor.html"
    n_clips = 3
    what = "the clip more like the reference"

    def eligible(self, n_clips: int) -> range:
        """Return every slot but the reference's."""
        return range(REFERENCE + 1, n_clips)

    def display(self, *, settings: Mapping[str, Any], language: str, presented: Sequence[int]) -> dict[str, Any]:
        """Return `choices`, the number of the `reference` on the screen, and what stands on its card (`cards`).

        >>> shown = Anchor().display(settings={}, language="en", presented=[2, 0, 1])
        >>> [choice["label"] for choice in shown["choices"]], shown["reference"], shown["cards"]
        (['1', '3'], 2, [{'slot': 0, 'label': 'Reference'}])
        """
        with override(language):
            card = {"slot": REFERENCE, "label": _("Reference")}
        shown = super().display(settings=settings, language=language, presented=presented)
        return shown | {"reference": list(presented).index(REFERENCE) + 1, "cards": [card]}

    def simulate(
        self,
        percept: Percept,
        *,
        settings: Mapping[str, Any],
        per_clip: bool,
        n_clips: int,
        rng: np.random.Generator,
    ) -> int:
        """Return 1 or 2, drawn by Luce's rule over their similarities to the reference.

        `similarities[k]` is that of the two clips other than k: of 0 and 1 it is the one at 2, of 0 and 2 that at 1.
        """
        if percept.similarities is None:
            raise ValueError(f"{self.name} needs the similarities of three clips")
        to_reference = percept.similarities[[2, 1]]
        return REFERENCE + 1 + draw(to_reference, percept.noise, rng)


KIND = Anchor()
