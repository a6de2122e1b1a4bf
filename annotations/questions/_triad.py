"""What odd one out and most similar pair share: one judgement told twice, stored as the odd slot."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from annotations.questions._clip_choice import ClipChoice, draw
from annotations.questions.base import Percept

N_SLOTS = 3


class TriadKind(ClipChoice):
    """A judgement of three clips; the answer is the slot of the odd one."""

    n_clips = N_SLOTS
    what = "the odd clip"

    def simulate(
        self,
        percept: Percept,
        *,
        settings: Mapping[str, Any],
        per_clip: bool,
        n_clips: int,
        rng: np.random.Generator,
    ) -> int:
        """Return an odd slot: the pair that is left is chosen of the three by Luce's rule over their similarities."""
        if percept.similarities is None:
            raise ValueError(f"{self.name} needs the similarities of a triad")
        return draw(percept.similarities, percept.noise, rng)
