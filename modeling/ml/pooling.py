"""From frames to one vector a clip."""

from torch import Tensor


def masked_mean(frames: Tensor, own: Tensor) -> Tensor:
    """Return the mean over each clip's own frames.

    `frames` (n, longest, dim), `own` (n, longest) bool, true on the clip's frames and false on padding, of which there
    is at least one per clip → (n, dim). What stands in the padding does not matter, not even if it is not finite.
    """
    counts = own.sum(dim=1, keepdim=True)
    return frames.masked_fill(~own[..., None], 0.0).sum(dim=1) / counts
