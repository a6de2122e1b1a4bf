"""Rows of tokens of different lengths in one batch, padded on the left."""

from collections.abc import Sequence
from typing import Any

import torch


def left_padded(rows: Sequence[Sequence[int]], *, device: Any = "cpu") -> dict[str, torch.Tensor]:
    """Return input_ids, attention_mask and position_ids, each (n, longest).

    Every row ends in the last column. Positions count from the row's own first token, so that a model which knows
    positions as such sees a padded row as it sees the row alone.
    """
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, longest - len(row) :] = torch.tensor(list(row))
        mask[number, longest - len(row) :] = 1
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    batch = {"input_ids": ids, "attention_mask": mask, "position_ids": positions}
    return {name: tensor.to(device) for name, tensor in batch.items()}
