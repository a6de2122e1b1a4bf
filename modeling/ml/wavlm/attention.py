"""WavLM's self-attention: a relative position bias, gated anew by every frame of every layer.

Chen et al. (2022), section III-B, equations 4 to 6.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from modeling.ml.wavlm.packing import Clips
from modeling.ml.wavlm.products import product

SCORES_AT_ONCE = 8_000_000
"""Attention scores held at once (32 MB); longer clips attend in blocks of frames."""


def position_table(attention: Any, frames: int) -> Tensor:
    """Return the ungated bias by distance: (heads, 2·frames - 1), column frames - 1 + (key - query).

    `attention` is the first layer's module of transformers, which holds the one table of the model.
    """
    distances = torch.arange(1 - frames, frames, device=attention.rel_attn_embed.weight.device)
    table: Tensor = attention.rel_attn_embed(attention._relative_positions_bucket(distances))
    return table.T.contiguous()


def position_bias(table: Tensor, start: int, stop: int) -> Tensor:
    """Return the bias (heads, stop - start, frames) of queries `start` to `stop` from a `position_table`."""
    frames = (table.shape[1] + 1) // 2
    # Row s of the view is table[s : s + frames]; query q is row frames - 1 - q.
    return table.unfold(1, frames, 1)[:, frames - stop : frames - start].flip(1)


class Attention:
    """One layer's attention, from the transformers module's weights; its three projections are one product."""

    def __init__(self, module: Any, *, half: bool) -> None:
        parts = (module.q_proj, module.k_proj, module.v_proj)
        self._inward = product(
            torch.cat([part.weight for part in parts]), torch.cat([part.bias for part in parts]), half=half
        )
        self._outward = product(module.out_proj.weight, module.out_proj.bias, half=half)
        self._heads = int(module.num_heads)
        # The gate sums its eight outputs in two fours: the same as two outputs with summed weights.
        self._gate_weight = module.gru_rel_pos_linear.weight.unflatten(0, (2, 4)).sum(1)
        self._gate_bias = module.gru_rel_pos_linear.bias.unflatten(0, (2, 4)).sum(1)
        self._gate_scale = module.gru_rel_pos_const.flatten()

    def __call__(self, hidden: Tensor, tables: dict[int, Tensor], clips: Clips) -> Tensor:
        """Return what each frame hears in its clip: packed frames (all frames, dim) of that shape.

        `tables` holds the `position_table` for every number of frames that a clip has.
        """
        projected = self._inward(hidden, clips).view(len(hidden), 3, self._heads, -1)
        heard = [
            self._within(one, gate, tables[len(one)])
            for one, gate in zip(clips.apart(projected), clips.apart(self._gate(hidden)), strict=True)
        ]
        return self._outward(torch.cat(heard), clips)

    def _within(self, projected: Tensor, gate: Tensor, table: Tensor) -> Tensor:
        """Return one clip's attention (frames, dim); `projected` (frames, 3, heads, ·), `gate` (frames, heads)."""
        frames = len(projected)
        query, key, value = projected.permute(1, 2, 0, 3)[:, None]
        step = max(1, SCORES_AT_ONCE // (self._heads * frames))
        blocks = []
        for start in range(0, frames, step):
            stop = min(start + step, frames)
            bias = gate[start:stop].T[:, :, None] * position_bias(table, start, stop)
            blocks.append(F.scaled_dot_product_attention(query[:, :, start:stop], key, value, attn_mask=bias[None]))
        return torch.cat(blocks, dim=2)[0].transpose(0, 1).flatten(1)

    def _gate(self, hidden: Tensor) -> Tensor:
        """Return how much of the position bias each frame lets in, (all frames, heads)."""
        by_head = hidden.view(len(hidden), self._heads, -1)
        update, reset = torch.sigmoid(F.linear(by_head, self._gate_weight, self._gate_bias)).unbind(-1)
        gate: Tensor = update * (reset * self._gate_scale - 1.0) + 2.0
        return gate
