"""What every kind of question provides. One kind is one module of this package, its template and its test.

Answers travel and are stored in slots (0, 1, 2, …), never in screen positions: the page puts the slot into
each control's value, so that the presented order cannot get into the data.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeGuard

import numpy as np
import numpy.typing as npt

# On the keyboard: one key for each choice, beside those that play the clips (1, 2, 3, …) and the context (C).
CHOICE_KEYS = "QWERTYUIOPASDFGHJKLZXVBNM"


class BadSettingError(ValueError):
    """A key of a question in a study file cannot be used; `key` is relative to the question."""

    def __init__(self, key: str, what: str, mend: str) -> None:
        self.key, self.what, self.mend = key, what, mend
        super().__init__(f"{key}: {what}. {mend}")


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
    """A kind of question. Instances hold no state.

    `n_clips` is how many clips its trials must have, None: any number. `setting_names` are the keys of a question
    in a study file that are this kind's own. `always_per_clip`: each clip gets an answer, whether or not the study
    says `per: clip`.
    """

    name: ClassVar[str]
    template: ClassVar[str]
    n_clips: ClassVar[int | None] = None
    setting_names: ClassVar[tuple[str, ...]] = ()
    always_per_clip: ClassVar[bool] = False

    @abstractmethod
    def check_settings(self, raw: Mapping[str, Any], *, per_clip: bool, languages: Sequence[str]) -> dict[str, Any]:
        """Return the settings of a study file (keys of `setting_names` only) checked and complete.

        Texts come out as a map with every one of `languages`. Raises `BadSettingError` saying what to write instead.
        """

    @abstractmethod
    def read_answer(self, raw: object, *, settings: Mapping[str, Any], per_clip: bool, n_clips: int) -> list[Given]:
        """Return the judgements in an answer as JSON gave it; raise `ValueError` naming what is wrong with it.

        Asked once: the answer is one value. Asked per clip: a list with one value for each slot.
        """

    def check_together(self, given: Sequence[Given]) -> None:  # noqa: B027 - most kinds have nothing against it
        """Raise `ValueError` where judgements of one answer, each good in itself, cannot stand beside each other."""

    @abstractmethod
    def display(self, *, settings: Mapping[str, Any], language: str, presented: Sequence[int]) -> dict[str, Any]:
        """Return what the template needs, in plain values and in screen order.

        `choices` have a slot, a label and a key (which may be empty), `rows` of a question per clip a slot and a
        label. `cards` (slot and label) are words to stand on the clips themselves.
        """

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

    @abstractmethod
    def to_csv(self, given: Given, clip_keys: Sequence[str]) -> str:
        """Return the `value` of `responses.csv` for one judgement; `clip_keys` are the stimuli in slot order."""

    @abstractmethod
    def from_csv(self, value: str, clip_keys: Sequence[str], *, settings: Mapping[str, Any]) -> Given:
        """Return the judgement that `to_csv` wrote, without its `slot`; raise `ValueError` saying what is wrong."""


def choice_key(at: int) -> str:
    """Return the key of the choice at a place of the screen, from 0; empty where the keyboard has no more.

    >>> choice_key(0), choice_key(99)
    ('Q', '')
    """
    return CHOICE_KEYS[at : at + 1]


def is_whole(raw: object) -> TypeGuard[int]:
    """Tell whether a value of a study file is a whole number (true and false are none)."""
    return isinstance(raw, int) and not isinstance(raw, bool)


def finite_number(raw: object) -> float:
    """Return a number as JSON gave it; raise `ValueError` for anything else (true and false are no numbers)."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise ValueError(f"a number is wanted, not {shown(raw)}")
    return float(raw)


def shown(raw: object) -> str:
    """Return a value short enough to be quoted in a message.

    >>> shown([1] * 100)
    '[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,…'
    """
    text = repr(raw)
    return text if len(text) <= 40 else text[:40].rstrip() + "…"


def number_text(number: float) -> str:
    """Return a number so that it reads back exactly, whole ones without a point.

    >>> number_text(3.0), number_text(0.1)
    ('3', '0.1')
    """
    return str(int(number)) if number == int(number) else repr(number)
