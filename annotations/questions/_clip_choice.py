"""What questions share whose answer is one of the clips, stored as its slot."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from annotations.questions.base import BadSettingError, Given, QuestionKind, choice_key, shown


class ClipChoice(QuestionKind):
    """One of the clips, asked once for all of them. `what` names it in messages."""

    template = "annotations/questions/choice.html"
    what: ClassVar[str] = "the chosen clip"

    def check_settings(self, raw: Mapping[str, Any], *, per_clip: bool, languages: Sequence[str]) -> dict[str, Any]:
        """Return no settings: there are none."""
        if per_clip:
            raise BadSettingError("per", f"{self.name} is asked once for all clips of a page", "Leave `per` out")
        return {}

    def eligible(self, n_clips: int) -> range:
        """Return the slots that may be chosen."""
        return range(n_clips)

    def read_answer(self, raw: object, *, settings: Mapping[str, Any], per_clip: bool, n_clips: int) -> list[Given]:
        """Return the chosen slot: the answer is one of `eligible`."""
        *others, last = map(str, self.eligible(n_clips))
        wanted = f"{', '.join(others)} or {last}" if others else last
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise ValueError(f"{self.what} is wanted as {wanted}, not {shown(raw)}")
        if raw not in self.eligible(n_clips):
            raise ValueError(f"there is no clip {raw} to choose: {self.what} is {wanted}")
        return [Given(chosen_slot=raw)]

    def display(self, *, settings: Mapping[str, Any], language: str, presented: Sequence[int]) -> dict[str, Any]:
        """Return `choices`: the clips that may be chosen, as they are numbered on the screen.

        A clip's key is that of its place among all clips, so that Q is always the first one on the screen.
        """
        eligible = self.eligible(len(presented))
        return {
            "choices": [
                {"slot": slot, "label": str(at + 1), "key": choice_key(at)}
                for at, slot in enumerate(presented)
                if slot in eligible
            ]
        }

    def to_csv(self, given: Given, clip_keys: Sequence[str]) -> str:
        """Return the id of the chosen clip."""
        if given.chosen_slot is None:
            raise ValueError(f"an answer to {self.name} holds the slot of {self.what}")
        return clip_keys[given.chosen_slot]

    def from_csv(self, value: str, clip_keys: Sequence[str], *, settings: Mapping[str, Any]) -> Given:
        """Return the slot of the chosen clip."""
        eligible = [clip_keys[slot] for slot in self.eligible(len(clip_keys))]
        matches = [slot for slot in self.eligible(len(clip_keys)) if clip_keys[slot] == value]
        if len(matches) != 1:
            trouble = "is in this trial more than once" if matches else "is not in this trial"
            if value in clip_keys and not matches:
                trouble = "cannot be chosen in this trial"
            raise ValueError(f"{self.what} {value!r} {trouble}: its clips are {', '.join(eligible)}")
        return Given(chosen_slot=matches[0])


def choice_probabilities(strengths: npt.NDArray[np.float64], noise: float) -> npt.NDArray[np.float64]:
    """Return softmax(strengths / noise): how likely each of k alternatives is chosen, shape (k,).

    Luce's choice rule (Individual Choice Behavior, 1959). Noise 0 takes the strongest (ties share), infinite noise
    is chance.
    """
    if noise == 0:
        best = strengths == strengths.max()
        return np.asarray(best / best.sum(), dtype=np.float64)
    weights = np.exp((strengths - strengths.max()) / noise)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def draw(strengths: npt.NDArray[np.float64], noise: float, rng: np.random.Generator) -> int:
    """Return the number of one alternative, drawn with the probabilities of `choice_probabilities`."""
    edges = np.cumsum(choice_probabilities(strengths, noise))
    return min(int(np.searchsorted(edges, rng.random(), side="right")), len(strengths) - 1)
