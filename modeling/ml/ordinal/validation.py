"""How well a map predicts judgements that it was not made from, and how many dimensions that asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from modeling.ml.ordinal.embedding import embed
from modeling.ml.ordinal.judged import Judged, Numbers


@dataclass(frozen=True)
class HeldOut:
    """Accuracy on held-out judgements: mean over folds, its standard error, and each fold's."""

    dimension: int
    method: str
    accuracy: float
    standard_error: float
    folds: tuple[float, ...]


def cross_validated(
    judged: Judged, *, dimension: int, method: str = "soe", n_folds: int = 5, starts: int = 2, seed: int = 0
) -> HeldOut:
    """Return the accuracy over triads: all judgements about the same three clips are in one fold.

    Clips cannot be held out here: one that nobody judged has no position. Raises `ValueError` for fewer triads than
    folds.
    """
    fold = triad_folds(judged, n_folds=n_folds, seed=seed)
    scores = [
        fold_accuracy(judged, fold == number, dimension=dimension, method=method, starts=starts, seed=seed)
        for number in range(n_folds)
    ]
    return held_out(dimension, method, scores)


def triad_folds(judged: Judged, *, n_folds: int, seed: int) -> Numbers:
    """Return the fold (m,) that each judgement is held out in. Raises `ValueError` for fewer triads than folds."""
    keys = judged.triad_keys()
    n_triads = int(keys.max()) + 1 if len(keys) else 0
    if not 2 <= n_folds <= n_triads:
        raise ValueError(f"{n_folds} folds of {n_triads} triads: choose 2 to {n_triads}")
    dealt: Numbers = np.random.default_rng(seed).permutation(n_triads) % n_folds
    return dealt[keys]


def fold_accuracy(
    judged: Judged, held: npt.NDArray[np.bool_], *, dimension: int, method: str, starts: int, seed: int
) -> float:
    """Return the accuracy on the judgements `held` (m,) out of a map that the others make."""
    made = embed(
        judged.where(~held), dimension=dimension, method=method, n_clips=judged.n_clips, starts=starts, seed=seed
    )
    return judged.where(held).accuracy(made.positions)


def held_out(dimension: int, method: str, scores: Sequence[float]) -> HeldOut:
    """Return the mean over folds and its standard error."""
    error = float(np.std(scores, ddof=1) / np.sqrt(len(scores)))
    return HeldOut(dimension, method, float(np.mean(scores)), error, tuple(scores))


def choose_dimension(
    judged: Judged,
    dimensions: Sequence[int] = (1, 2, 3, 4, 5),
    *,
    method: str = "soe",
    n_folds: int = 5,
    starts: int = 2,
    seed: int = 0,
) -> tuple[int, list[HeldOut]]:
    """Return the number of dimensions, and the held-out accuracy of each that was tried.

    The fewest whose accuracy is within one standard error of the best one's (Hastie, Tibshirani & Friedman 2009, "The
    elements of statistical learning", section 7.10).
    """
    tried = [
        cross_validated(judged, dimension=each, method=method, n_folds=n_folds, starts=starts, seed=seed)
        for each in sorted(dimensions)
    ]
    return fewest(tried), tried


def fewest(tried: Sequence[HeldOut]) -> int:
    """Return the fewest dimensions within one standard error of the best, of what was `tried` in rising order."""
    best = max(tried, key=lambda each: each.accuracy)
    enough = best.accuracy - best.standard_error
    return next(each.dimension for each in tried if each.accuracy >= enough)
