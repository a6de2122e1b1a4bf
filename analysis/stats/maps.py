"""Maps of clips: distances laid out in a few dimensions, and how alike two maps are whichever way they lie."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.stats.judgements import FloatArray, IntArray

FEWEST = 3
AT_ONCE = 2_000_000
"""Coordinates that are permuted at a time."""


@dataclass(frozen=True, eq=False)
class Scaled:
    """`positions` (n, d), axes ordered by spread; `share` of the squared spread (0 to 1) that d dimensions hold."""

    positions: FloatArray
    share: float


def classical_scaling(distances: ArrayLike, *, dimension: int = 2) -> Scaled:
    """Lay out n points by their (n, n) distances: classical multidimensional scaling.

    Torgerson 1952, Psychometrika 17: the largest eigenvectors of the doubly centred squared distances, each as long as
    the root of its eigenvalue. Of distances that no space has, negative eigenvalues count as nothing. Signs are fixed:
    the coordinate farthest from 0 is positive. Raises `ValueError` for a matrix that is not square.
    """
    squared = np.asarray(distances, dtype=np.float64) ** 2
    if squared.ndim != 2 or squared.shape[0] != squared.shape[1]:
        raise ValueError(f"distances must be (n, n), not {squared.shape}")
    centred = squared - squared.mean(axis=0) - squared.mean(axis=1, keepdims=True) + squared.mean()
    values, vectors = np.linalg.eigh(-(centred + centred.T) / 4)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    positions = np.zeros((len(squared), dimension))
    kept = min(dimension, len(squared))
    positions[:, :kept] = vectors[:, :kept] * np.sqrt(values[:kept])
    farthest = np.abs(positions).argmax(axis=0) if len(positions) else np.zeros(dimension, dtype=np.int64)
    signs = np.sign(positions[farthest, np.arange(dimension)]) if len(positions) else np.ones(dimension)
    total = float(values.sum())
    return Scaled(positions * np.where(signs == 0, 1.0, signs), float(values[:kept].sum() / total) if total else 0.0)


@dataclass(frozen=True, eq=False)
class Aligned:
    """`positions` (n, d): a map moved, turned or mirrored onto another one, and scaled to the same spread as that.

    `disparity`: 0 where it fits exactly, 1 where no turning helps. `p`: how often a map with its points exchanged fits
    at least as well.
    """

    positions: FloatArray
    disparity: float
    p: float


def aligned(target: ArrayLike, other: ArrayLike, *, n_permutations: int = 9999, seed: int = 0) -> Aligned:
    """Align the (n, d) map `other` with the (n, d) map `target`, row by row the same clip.

    Procrustes analysis (Gower 1975, Psychometrika 40): both are centred and scaled to a sum of squares of 1; with s the
    sum of the singular values of their product, the disparity is 1 − s², what is left at the best scale, which is s.
    (The returned positions are not shrunk by s: a map that does not fit would be seen as a dot.) Its test permutes the
    rows (Jackson 1995, Écoscience 2); p = (1 + permutations that fit at least as well) ÷ (1 + permutations).

    Raises `ValueError` for maps that are not alike in shape, have fewer than three points, or lie in one spot.
    """
    fixed, moved = np.asarray(target, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if fixed.shape != moved.shape or fixed.ndim != 2 or len(fixed) < FEWEST:
        raise ValueError(f"give two maps (n, d) of the same {FEWEST} clips or more, not {fixed.shape}, {moved.shape}")
    centre, size, one = _standardised(fixed)
    _, _, two = _standardised(moved)
    left, values, right = np.linalg.svd(two.T @ one)
    fit = float(values.sum())
    positions = centre + size * (two @ left @ right)
    p = _p_value(one, two, fit, n_permutations, seed)
    return Aligned(positions, max(0.0, 1 - fit**2), p)


def _standardised(positions: FloatArray) -> tuple[FloatArray, float, FloatArray]:
    centre = positions.mean(axis=0)
    size = float(np.linalg.norm(positions - centre))
    if not np.isfinite(size) or size < 1e-12:
        raise ValueError("all points of a map lie in one spot")
    return centre, size, (positions - centre) / size


def _p_value(one: FloatArray, two: FloatArray, fit: float, n_permutations: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    chunk, better = max(1, AT_ONCE // two.size), 0
    for start in range(0, n_permutations, chunk):
        rows = np.tile(np.arange(len(two)), (min(chunk, n_permutations - start), 1))
        products = np.swapaxes(two[rng.permuted(rows, axis=1)], 1, 2) @ one
        fits = np.linalg.svd(products, compute_uv=False).sum(axis=-1)
        better += int((fits >= fit - 1e-12).sum())
    return (1 + better) / (1 + n_permutations)


def connected(triads: NDArray[np.int64], n_clips: int) -> IntArray:
    """Return the part (n_clips,) that each clip belongs to, from (m, 3) triads; −1 where it is in none.

    Clips of two parts were never compared, directly or by way of others: how they lie to each other nobody said. Parts
    are numbered by their lowest clip.
    """
    part = np.full(n_clips, -1, dtype=np.int64)
    part[np.unique(triads)] = np.unique(triads)
    while True:
        lowest = part[triads].min(axis=1, initial=n_clips)
        before = part.copy()
        for column in range(3):
            np.minimum.at(part, triads[:, column], lowest)
        if (part == before).all():
            break
    return np.where(part < 0, -1, np.searchsorted(np.unique(part[part >= 0]), part))
