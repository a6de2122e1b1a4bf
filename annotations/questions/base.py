"""What every kind of question provides. One kind is one module of this package, its template and its test.

Answers travel and are stored in slots (0, 1, 2, …), never in screen positions: the page puts the slot into
each control's value, so that the presented order cannot get into the data.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Given:
    """One judgement read from an answer: exactly one of `value`, `chosen_slot` and `text` is set.

    `slot` is the rated clip where a question is asked per clip, else None.
    """

    slot: int | None = None
    value: float | None = None
    chosen_slot: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Percept:
    """What a simulated listener hears in one trial, before noise.

    `similarities[k]` is the similarity of the two clips other than k, shape (3,), standardised over all triads of
    the study; None where the trial is no triad. `fits[k]` is how well clip k suits the context, shape (k,),
    standardised likewise; None without a context. `noise` is the standard deviation of the listener's noise
    (temperature of a choice), in the same units; infinity is a listener who hears nothing.
    """

    similarities: npt.NDArray[np.float64] | None
    fits: npt.NDArray[np.float64] | None
    noise: float


class QuestionKind(ABC):
    """A kind of question. Instances hold no state."""

    name: ClassVar[str]
    template: ClassVar[str]

    @abstractmethod
    def check_settings(self, raw: Mapping[str, Any], *, per_clip: bool) -> dict[str, Any]:
        """Return the settings of a study file checked and complete; raise `ValueError` saying what to write instead."""

    @abstractmethod
    def read_answer(self, raw: object, *, settings: Mapping[str, Any], per_clip: bool, n_clips: int) -> list[Given]:
        """Return the judgements in an answer as JSON gave it; raise `ValueError` naming what is wrong with it.

        Asked once: the answer is one value. Asked per clip: a list with one value for each slot.
        """

    @abstractmethod
    def display(self, *, settings: Mapping[str, Any], language: str, presented: Sequence[int]) -> dict[str, Any]:
        """Return what the template needs: for each choice in screen order its slot, label and key."""

    @abstractmethod
    def simulate(
        self,
        percept: Percept,
        *,
        settings: Mapping[str, Any],
        per_clip: bool,
        n_clips: int,
        rng: np.random.Generator,
    ) -> Any:
        """Return the answer, as the browser would send it, of a simulated listener."""
