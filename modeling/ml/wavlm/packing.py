"""Clips packed one after the other: no frame of padding is computed, and none can leak into a clip."""

import torch
from torch import Tensor


class Clips:
    """Which rows of packed frames are whose; `counts` says how many frames each clip has."""

    def __init__(self, counts: list[int], *, device: torch.device) -> None:
        self.counts = counts
        frames = torch.tensor(counts, device=device)
        self._whose = torch.repeat_interleave(torch.arange(len(counts), device=device), frames)
        self._share = torch.zeros(len(counts), len(self._whose), device=device)
        self._share[self._whose, torch.arange(len(self._whose), device=device)] = 1 / frames[self._whose]

    def apart(self, frames: Tensor) -> list[Tensor]:
        """Return each clip's rows."""
        return list(torch.split(frames, self.counts))

    def means(self, frames: Tensor) -> Tensor:
        """Return each clip's mean over its frames: (all frames, dim) → (clips, dim)."""
        return self._share @ frames

    def spread(self, rows: Tensor) -> Tensor:
        """Give each frame its clip's row: (clips, dim) → (all frames, dim)."""
        return rows[self._whose]
