"""Symmetric InfoNCE with its gradient written out: exact, and with one B×B matrix alive.

With unit vectors u_i (contexts) and v_j (backchannels), s_ij = u_i · v_j / T and items i, j that may be told apart,
L = −1/2B Σ_i [ log(e^{s_ii} / Σ_j e^{s_ij}) + log(e^{s_ii} / Σ_j e^{s_ji}) ]
(van den Oord, Li & Vinyals 2018, "Representation learning with contrastive predictive coding", eq. 4, in both
directions as in Radford et al. 2021, "Learning transferable visual models from natural language supervision", fig. 3).

Both directions share the exponentials E_ij = e^{s_ij}, whose sums over rows and columns are r_i and c_j, and
∂L/∂s_ij = E_ij (1/r_i + 1/c_j) / 2B − [i = j] / B. So one matrix is made, row block by row block so that each stays in
the processor's cache, and turned in place into the gradient; autograd would make several.
"""

from typing import Any

import torch
from torch import Tensor

ROWS = 256
SAFE_SCALE = 40.0
"""Up to this 1/T the exponentials of a float32 neither overflow nor vanish; beyond it they are float64."""
HIGHEST_SCALE = 300.0


def info_nce(
    contexts: Tensor, backchannels: Tensor, scale: Tensor, groups: Tensor | None = None, *, half: bool = False
) -> Tensor:
    """Return the loss, a scalar, of B pairs of unit vectors: `contexts` and `backchannels` (B, d), `scale` = 1/T.

    `groups` (g, B) int64: two items with the same number in any row are not counted as each other's negatives.
    `half` computes the products of the gradient in bfloat16; similarities, sums and loss stay in float32.
    Raises `ValueError` for a scale above 300.
    """
    loss: Tensor = _InfoNCE.apply(contexts, backchannels, scale, groups, half)  # type: ignore[no-untyped-call]
    return loss


class _InfoNCE(torch.autograd.Function):
    """The loss; its gradient is computed along with it, because the exponentials are at hand then."""

    @staticmethod
    def forward(
        ctx: Any, contexts: Tensor, backchannels: Tensor, scale: Tensor, groups: Tensor | None, half: bool
    ) -> Tensor:
        factor = float(scale)
        if not 0 < factor <= HIGHEST_SCALE:
            raise ValueError(f"1/temperature is {factor:g}: it must lie above 0 and not above {HIGHEST_SCALE:g}")
        exponentials, rows, columns = _exponentials(contexts, backchannels, factor, groups)
        matching = (contexts * backchannels).sum(dim=1)
        logs = (rows.log() + columns.log()).to(matching.dtype) / 2 + factor  # the shift of the exponentials goes back
        by_contexts, by_backchannels = _products(exponentials, rows, columns, contexts, backchannels, half)
        n = len(contexts)
        by_contexts = (by_contexts / 2 - backchannels) / n
        by_backchannels = (by_backchannels / 2 - contexts) / n
        by_scale = (by_contexts * contexts).sum()
        ctx.save_for_backward(by_contexts * factor, by_backchannels * factor, by_scale.to(scale.dtype))
        return (logs - factor * matching).mean()

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor | None, ...]:
        by_contexts, by_backchannels, by_scale = ctx.saved_tensors
        return outer[0] * by_contexts, outer[0] * by_backchannels, outer[0] * by_scale, None, None


def _exponentials(
    contexts: Tensor, backchannels: Tensor, factor: float, groups: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Return e^{s_ij − 1/T} (B, B), 0 where j is no negative of i, and its sums over rows and columns, (B,) each."""
    dtype = torch.float64 if factor > SAFE_SCALE else contexts.dtype
    n = len(contexts)
    matrix = torch.empty(n, n, dtype=dtype, device=contexts.device)
    rows = torch.empty(n, dtype=dtype, device=contexts.device)
    columns = torch.zeros_like(rows)
    for start in range(0, n, ROWS):
        block = matrix[start : start + ROWS]
        if dtype == contexts.dtype:
            torch.mm(contexts[start : start + ROWS], backchannels.T, out=block)
        else:
            block.copy_(contexts[start : start + ROWS] @ backchannels.T)
        block.sub_(1).mul_(factor).exp_()
        if groups is not None:
            block.masked_fill_(_alike(groups, start, len(block)), 0)
        rows[start : start + ROWS] = block.sum(dim=1)
        columns += block.sum(dim=0)
    return matrix, rows, columns


def _alike(groups: Tensor, start: int, n: int) -> Tensor:
    """Return which of all items share a group with the n items from `start`, themselves left out: (n, B)."""
    alike = (groups[:, start : start + n, None] == groups[:, None, :]).any(dim=0)
    own = torch.arange(n, device=groups.device)
    alike[own, own + start] = False
    return alike


def _products(
    exponentials: Tensor, rows: Tensor, columns: Tensor, contexts: Tensor, backchannels: Tensor, half: bool
) -> tuple[Tensor, Tensor]:
    """Return Σ_j p_ij v_j and Σ_i p_ij u_i, (B, d) each, with p_ij = E_ij (1/r_i + 1/c_j); overwrites E."""
    dtype = torch.bfloat16 if half else contexts.dtype
    u, v = contexts.to(dtype), backchannels.to(dtype)
    by_contexts, by_backchannels = torch.empty_like(contexts), torch.zeros_like(backchannels)
    per_row, per_column = rows.reciprocal()[:, None], columns.reciprocal()
    for start in range(0, len(contexts), ROWS):
        part = slice(start, start + ROWS)
        weights = exponentials[part].mul_(per_column + per_row[part]).to(dtype)
        by_contexts[part] = weights @ v
        by_backchannels += weights.T @ u[part]
    return by_contexts, by_backchannels
