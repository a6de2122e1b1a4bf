"""Judgements as arrays: who chose what in which trial. The one input that every statistic takes."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Judgements:
    """n judgements of trials by participants, each the choice of one of K categories.

    For triads the category is the odd slot (K = 3). Ratings are judgements of rated clips ("trials") whose
    categories are the scale points in ascending order; statistics that need the numbers take them as `values`.

    `trial`, `participant`, `choice`: (n,) integers from 0. `cluster`: (n_trials,) integers, the unit that is
    resampled together (the context whose clips are rated); by default every trial is its own.
    Raises `ValueError` naming the first fault: unequal lengths, an index out of range, something not an integer.
    """

    trial: IntArray
    participant: IntArray
    choice: IntArray
    n_trials: int
    n_participants: int
    n_categories: int = 3
    cluster: IntArray | None = None

    def __post_init__(self) -> None:
        limits = {"trial": self.n_trials, "participant": self.n_participants, "choice": self.n_categories}
        for name, limit in limits.items():
            object.__setattr__(self, name, _indices(name, getattr(self, name), limit))
        lengths = {name: len(getattr(self, name)) for name in limits}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"trial, participant and choice must be equally long, not {lengths}")
        if self.cluster is not None:
            cluster = _indices("cluster", self.cluster, max(self.n_trials, 1))
            if len(cluster) != self.n_trials:
                raise ValueError(f"cluster needs one entry for each of {self.n_trials} trials, not {len(cluster)}")
            object.__setattr__(self, "cluster", cluster)

    @classmethod
    def from_labels(
        cls,
        *,
        trials: Sequence[Hashable],
        participants: Sequence[Hashable],
        choices: Sequence[Hashable],
        categories: Sequence[Hashable] | None = None,
    ) -> Self:
        """Make judgements of labels of any kind, numbered in sorted order.

        `categories` fixes the order of choices, and may name ones that nobody chose.

        Raises `ValueError` for a choice that is not among `categories`.
        """
        trial, trial_names = _numbered(trials)
        participant, participant_names = _numbered(participants)
        choice, names = _numbered(choices, categories)
        return cls(trial, participant, choice, len(trial_names), len(participant_names), len(names))

    def __len__(self) -> int:
        return len(self.trial)

    @cached_property
    def counts(self) -> FloatArray:
        """How often each category was chosen in each trial: (n_trials, n_categories)."""
        flat = np.bincount(self.trial * self.n_categories + self.choice, minlength=self.n_trials * self.n_categories)
        return flat.reshape(self.n_trials, self.n_categories).astype(np.float64)

    @cached_property
    def per_trial(self) -> IntArray:
        """How many judgements each trial has: (n_trials,)."""
        return np.bincount(self.trial, minlength=self.n_trials)

    def where(self, mask: ArrayLike) -> Self:
        """Return the judgements of a (n,) boolean mask; trials and participants keep their numbers."""
        mask = np.asarray(mask, dtype=bool)
        return replace(self, trial=self.trial[mask], participant=self.participant[mask], choice=self.choice[mask])

    def of_trials(self, mask: ArrayLike) -> Self:
        """Return the judgements of the trials in a (n_trials,) boolean mask; numbers are kept."""
        return self.where(np.asarray(mask, dtype=bool)[self.trial])

    def matrix(self, values: ArrayLike | None = None) -> FloatArray:
        """Return (n_trials, n_participants) chosen values, NaN where missing; `values` (K,) defaults to 0 … K − 1.

        Raises `ValueError` where somebody judged a trial twice: one cell cannot hold both answers.
        """
        cell = self.trial * self.n_participants + self.participant
        if len(np.unique(cell)) < len(cell):
            raise ValueError("somebody judged the same trial twice; keep one of the two answers")
        table = np.full((self.n_trials, self.n_participants), np.nan)
        table[self.trial, self.participant] = category_values(self, values)[self.choice]
        return table


def category_values(judgements: Judgements, values: ArrayLike | None) -> FloatArray:
    """Return the (K,) numbers that the categories stand for, 0 … K − 1 unless `values` says otherwise.

    Raises `ValueError` for a wrong number of values or one that is not finite.
    """
    numbers = np.arange(judgements.n_categories) if values is None else np.asarray(values)
    if numbers.shape != (judgements.n_categories,) or not np.isfinite(numbers).all():
        raise ValueError(f"values must be {judgements.n_categories} finite numbers, one a category")
    return numbers.astype(np.float64)


def _indices(name: str, given: ArrayLike, limit: int) -> IntArray:
    array = np.asarray(given)
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"{name} must be a flat array of integers, not {array.dtype} of shape {array.shape}")
    if array.min() < 0 or array.max() >= limit:
        at = int(np.argmax((array < 0) | (array >= limit)))
        raise ValueError(f"{name}[{at}] is {array[at]}, outside 0 … {limit - 1}")
    return array.astype(np.int64)


def _numbered(labels: Sequence[Any], known: Sequence[Any] | None = None) -> tuple[IntArray, list[Any]]:
    names = sorted(set(labels)) if known is None else list(known)
    number = {name: index for index, name in enumerate(names)}
    strange = next((label for label in labels if label not in number), None)
    if strange is not None:
        raise ValueError(f"{strange!r} is not one of the categories {names}")
    return np.array([number[label] for label in labels], dtype=np.int64), names
