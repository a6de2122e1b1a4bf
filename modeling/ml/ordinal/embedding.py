"""Positions of clips that agree with people's triads: several starts, the best one kept."""

from dataclasses import dataclass

import numpy as np
import torch

from modeling.ml.ordinal.judged import Floats, Judged
from modeling.ml.ordinal.losses import LOSSES


@dataclass(frozen=True, eq=False)
class Map:
    """`positions` (n, d), centred, axes ordered by spread; `loss`: mean over comparisons; `losses`: of all starts."""

    positions: Floats
    loss: float
    losses: tuple[float, ...]


def embed(
    judged: Judged, *, dimension: int, method: str = "soe", n_clips: int | None = None, starts: int = 5, seed: int = 0,
    steps: int = 500,
) -> Map:  # fmt: skip
    """Return the best of several embeddings by L-BFGS from random starts.

    Each start is embedded with one dimension more first, and goes on from that map flattened: in one dimension clips
    cannot pass each other, and from a random order few find their place.

    `method`: "soe" or "tste". `n_clips`: how many clips there are, if not all were judged (those
    that were not lie anywhere). Raises `ValueError` for another method or nothing to embed.
    """
    if method not in LOSSES:
        raise ValueError(f"there is no method {method!r}: choose among {', '.join(LOSSES)}")
    if not len(judged) or dimension < 1 or starts < 1:
        raise ValueError("embedding needs judgements, at least one dimension and at least one start")
    n = n_clips or judged.n_clips
    rng = np.random.default_rng(seed)
    results = []
    for _ in range(starts):
        roomy, _ = _descend(judged, rng.normal(size=(n, dimension + 1)), method, steps)
        results.append(_descend(judged, _principal_axes(roomy)[:, :dimension], method, steps))
    losses = tuple(loss for _, loss in results)
    positions, loss = results[int(np.argmin(losses))]
    return Map(_principal_axes(positions), loss, losses)


def _descend(judged: Judged, start: Floats, method: str, steps: int) -> tuple[Floats, float]:
    """Return positions at a local minimum, and the loss there."""
    triplets, weights = judged.comparisons()
    i, j, k = torch.from_numpy(triplets.T.copy())
    shares = torch.from_numpy(weights / weights.sum())
    positions = torch.from_numpy(start).requires_grad_()
    optimizer = torch.optim.LBFGS([positions], max_iter=steps, history_size=10, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        near, far = ((positions[i] - positions[other]).square().sum(dim=1) for other in (j, k))
        return (shares * LOSSES[method](near, far, start.shape[1])).sum()

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        return positions.detach().numpy().copy(), loss().item()


def _principal_axes(positions: Floats) -> Floats:
    """Return the positions centred and turned so that the first axis has the largest spread; signs are fixed."""
    centred = positions - positions.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2]
    turned = centred @ axes.T
    signs = np.sign(turned[np.abs(turned).argmax(axis=0), np.arange(turned.shape[1])])
    return np.asarray(turned * np.where(signs == 0, 1.0, signs))
