"""What odd one out and most similar pair share: one judgement told twice, stored as the odd slot."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from annotations.questions.base import BadSettingError, Given, Percept, QuestionKind, shown

N_SLOTS = 3


class TriadKind(QuestionKind):
    """A judgement of three clips; the answer is the slot of the odd one."""

    n_clips = N_SLOTS

    def check_settings(self, raw: Mapping[str, Any], *, per_clip: bool, languages: Sequence[str]) -> dict[str, Any]:
        """Return no settings: there are none."""
        if per_clip:
            raise BadSettingError("per", f"{self.name} is asked once for the three clips", "Leave `per` out")
        return {}

    def read_answer(self, raw: object, *, settings: Mapping[str, Any], per_clip: bool, n_clips: int) -> list[Given]:
        """Return the odd slot: the answer is 0, 1 or 2."""
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise ValueError(f"the odd clip is wanted as 0, 1 or 2, not {shown(raw)}")
        if not 0 <= raw < N_SLOTS:
            raise ValueError(f"there is no clip {raw}: the odd clip is 0, 1 or 2")
        return [Given(chosen_slot=raw)]

    def simulate(
        self,
        percept: Percept,
        *,
        settings: Mapping[str, Any],
        per_clip: bool,
        n_clips: int,
        rng: np.random.Generator,
    ) -> int:
        """Return an odd slot drawn with the probabilities of `choice_probabilities`."""
        if percept.similarities is None:
            raise ValueError(f"{self.name} needs the similarities of a triad")
        edges = np.cumsum(choice_probabilities(percept.similarities, percept.noise))
        return min(int(np.searchsorted(edges, rng.random(), side="right")), N_SLOTS - 1)

    def to_csv(self, given: Given, clip_keys: Sequence[str]) -> str:
        """Return the id of the odd clip."""
        if given.chosen_slot is None:
            raise ValueError("a judgement of a triad holds the odd slot")
        return clip_keys[given.chosen_slot]

    def from_csv(self, value: str, clip_keys: Sequence[str], *, settings: Mapping[str, Any]) -> Given:
        """Return the slot of the odd clip."""
        matches = [slot for slot, key in enumerate(clip_keys) if key == value]
        if len(matches) != 1:
            trouble = "is in this trial more than once" if matches else "is not in this trial"
            raise ValueError(f"the odd clip {value!r} {trouble}: its clips are {', '.join(clip_keys)}")
        return Given(chosen_slot=matches[0])


def choice_probabilities(similarities: npt.NDArray[np.float64], noise: float) -> npt.NDArray[np.float64]:
    """Return softmax(similarities / noise): how likely each slot is called odd, shape (3,).

    Luce's choice rule over the three pairs. Noise 0 takes the most similar pair (ties share), infinite noise is chance.
    """
    if noise == 0:
        best = similarities == similarities.max()
        return np.asarray(best / best.sum(), dtype=np.float64)
    weights = np.exp((similarities - similarities.max()) / noise)
    return np.asarray(weights / weights.sum(), dtype=np.float64)
