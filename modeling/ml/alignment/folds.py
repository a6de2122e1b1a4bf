"""Folds of triads in which no clip of a test triad was seen in training."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Fold:
    """Numbers of the triads that are trained on and tested; the two have no clip in common."""

    train: Numbers
    test: Numbers


def clip_folds(items: Numbers, *, n_groups: int = 6, seed: int = 0) -> list[Fold]:
    """Return folds of triads `items` (m, 3); each triad is tested exactly once.

    Where clips fall apart into at least `n_groups` sets that no triad connects (triads of one word each, say), whole
    sets are held out and nothing else is lost. Otherwise clips are dealt into `n_groups` groups, and every three groups
    are held out in turn: a triad touches at most three groups, so that it lies within some three, and the triads of the
    other groups, about (1 − 3/n_groups)³ of all, are trained on. Raises `ValueError` where that leaves none.
    """
    if n_groups < 4:
        raise ValueError(f"{n_groups} groups of clips: choose at least 4")
    owner = _sets(items)
    rng = np.random.default_rng(seed)
    n_sets = int(owner.max()) + 1
    if n_sets >= n_groups:
        group = rng.permutation(np.arange(n_sets) % n_groups)[owner[items[:, 0]]]
        folds = [Fold(np.flatnonzero(group != each), np.flatnonzero(group == each)) for each in range(n_groups)]
    else:
        clips, place = np.unique(items, return_inverse=True)
        group = rng.permutation(np.arange(len(clips)) % n_groups)[place].reshape(items.shape)
        folds = _threes(group, n_groups, rng)
    for fold in folds:
        if not len(fold.train):
            raise ValueError(
                f"{len(items)} triads leave nothing to train on: give more triads, or more groups of clips"
            )
    return folds


def _threes(group: Numbers, n_groups: int, rng: np.random.Generator) -> list[Fold]:
    """Return a fold for every three groups; a triad within several such threes is tested in one of them."""
    threes = list(combinations(range(n_groups), 3))
    touches = np.zeros((len(group), n_groups), dtype=bool)
    touches[np.arange(len(group))[:, None], group] = True
    held = np.zeros((len(threes), n_groups), dtype=bool)
    held[np.arange(len(threes))[:, None], threes] = True
    within = np.asarray((touches[:, None] & ~held).any(axis=2)) == 0
    tested = np.where(within, rng.random(within.shape), -1).argmax(axis=1)
    apart = np.asarray((touches[:, None] & held).any(axis=2)) == 0
    folds = [Fold(np.flatnonzero(apart[:, each]), np.flatnonzero(tested == each)) for each in range(len(threes))]
    return [fold for fold in folds if len(fold.test)]


def _sets(items: Numbers) -> Numbers:
    """Return for each clip number the set of clips that triads connect it with: (n clips,)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    clips, place = np.unique(items, return_inverse=True)
    rows = place.reshape(items.shape)
    edges = np.concatenate([rows[:, [0, 1]], rows[:, [0, 2]]]).T
    graph = coo_array((np.ones(edges.shape[1]), tuple(edges)), shape=(len(clips), len(clips)))
    owner = np.zeros(int(items.max()) + 1, dtype=np.int64)
    owner[clips] = connected_components(graph, directed=False)[1]
    return owner
