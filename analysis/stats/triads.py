"""What a model says about triads: credit, choice and probabilities from three similarities.

``s[t, k]`` is the similarity of the pair that leaves slot k odd; see the package's conventions. A trial that the
model does not cover has a NaN, and its whole row comes back as NaN.
"""

import numpy as np
from numpy.typing import ArrayLike

from analysis.stats.judgements import BoolArray, FloatArray, IntArray

NO_SINGLE_CHOICE = -1


def validated(similarities: ArrayLike, n_trials: int | None = None) -> FloatArray:
    """Return similarities as (n_trials, K) floats in which an uncovered trial is NaN throughout.

    Raises `ValueError` for a wrong shape or an infinite similarity.
    """
    table = np.array(similarities, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 2:
        raise ValueError(f"similarities must be (n_trials, 3), one column an odd slot, not {table.shape}")
    if n_trials is not None and len(table) != n_trials:
        raise ValueError(f"similarities of {len(table)} trials were given for {n_trials} trials")
    if np.isinf(table).any():
        raise ValueError(f"the similarities of trial {int(np.argmax(np.isinf(table).any(axis=1)))} are infinite")
    table[np.isnan(table).any(axis=1)] = np.nan
    return table


def covered(table: FloatArray) -> BoolArray:
    """Return which trials the model covers: (n_trials,)."""
    return np.asarray(~np.isnan(table).any(axis=1))


def credit(similarities: ArrayLike) -> FloatArray:
    """Return what each odd slot earns: 1 for that of the most similar pair, shared where pairs tie; (n_trials, 3)."""
    table = validated(similarities)
    best = table == table.max(axis=1, keepdims=True)
    shared = best / np.maximum(best.sum(axis=1, keepdims=True), 1)
    return np.where(covered(table)[:, None], shared, np.nan)


def choices(similarities: ArrayLike) -> IntArray:
    """Return the odd slot that the model chooses, −1 where pairs tie or the trial is not covered; (n_trials,)."""
    earned = credit(similarities)
    single = np.nan_to_num(earned).max(axis=1, initial=0.0) == 1.0
    return np.where(single, np.nan_to_num(earned).argmax(axis=1), NO_SINGLE_CHOICE)


def probabilities(similarities: ArrayLike, temperature: float) -> FloatArray:
    """Return softmax(s / temperature) over the three odd slots: (n_trials, 3). Infinite temperature gives 1/3.

    Raises `ValueError` unless the temperature is positive.
    """
    if not temperature > 0:
        raise ValueError(f"a temperature must be positive, not {temperature}")
    table = validated(similarities)
    raised = np.exp((table - table.max(axis=1, keepdims=True)) / temperature)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def shared_trials(*tables: FloatArray) -> list[FloatArray]:
    """Return each credit or similarity table with only those trials that all of them cover (NaN elsewhere).

    Two models are compared on the same trials, never each on its own.
    """
    both = np.logical_and.reduce([covered(table) for table in tables])
    return [np.where(both[:, None], table, np.nan) for table in tables]
