"""From frames to one vector a clip."""

from collections.abc import Sequence

import torch
from torch import Tensor


def mean_over_frames(clips: Sequence[Tensor]) -> Tensor:
    """Return the mean over each clip's own frames: n times (frames, dim), of at least one frame → (n, dim)."""
    return torch.stack([frames.mean(dim=0) for frames in clips])
