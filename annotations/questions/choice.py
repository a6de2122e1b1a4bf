"""Which of the clips is best, or whatever else the question asks for: one of k."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from annotations.questions._clip_choice import ClipChoice, draw
from annotations.questions.base import Percept


class Choice(ClipChoice):
    """One choice for each clip, in screen order; the chosen slot is stored.

    >>> [c["slot"] for c in Choice().display(settings={}, language="en", presented=[1, 3, 0, 2])["choices"]]
    [1, 3, 0, 2]
    """

    name = "choice"

    def simulate(
        self,
        percept: Percept,
        *,
        settings: Mapping[str, Any],
        per_clip: bool,
        n_clips: int,
        rng: np.random.Generator,
    ) -> int:
        """Return a slot drawn by Luce's rule over how well the clips fit; without a context each is as likely."""
        return draw(np.zeros(n_clips) if percept.fits is None else percept.fits, percept.noise, rng)


KIND = Choice()
