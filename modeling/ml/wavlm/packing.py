"""Clips packed one after the other: no frame of padding is computed, and none can leak into a clip."""

import torch
from torch import Tensor


class Clips:
    """Which rows of packed frames are whose; `counts` says how many frames each clip has."""

    def __init__(self, counts: list[int]) -> None:
        self.counts = counts

    def apart(self, frames: Tensor) -> list[Tensor]:
        """Return each clip's rows."""
        return list(torch.split(frames, self.counts))

    def means(self, frames: Tensor) -> Tensor:
        """Return each clip's mean over its frames: (all frames, dim) → (clips, dim) float32."""
        return torch.stack([one.mean(dim=0, dtype=torch.float32) for one in self.apart(frames)])
