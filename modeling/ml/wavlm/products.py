"""Matrix products in float32 and in bfloat16."""

from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from modeling.ml.wavlm.packing import Clips


class Product(Protocol):
    """A linear map of packed frames: (all frames, in) float32 → (all frames, out) float32."""

    def __call__(self, frames: Tensor, clips: Clips) -> Tensor:
        """Return the mapped frames."""


class FullProduct:
    """In float32."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self._weight, self._bias = weight, bias

    def __call__(self, frames: Tensor, clips: Clips) -> Tensor:
        """Return the mapped frames."""
        return F.linear(frames, self._weight, self._bias)


class CentredProduct:
    """In bfloat16, except for each clip's mean over its frames, which goes through in float32.

    A clip's vector is a mean over frames, and what all its frames have in common is most of it. Rounded along with
    the rest it would be wrong in the same way in every frame, which no averaging mends; taken out it is exact, and
    what is left is smaller and its rounding errors average out. The mean is one row a clip and costs little.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self._weight, self._bias = weight, bias
        self._half = weight.to(torch.bfloat16)

    def __call__(self, frames: Tensor, clips: Clips) -> Tensor:
        """Return the mapped frames."""
        means = clips.means(frames)
        rest = F.linear((frames - clips.spread(means)).to(torch.bfloat16), self._half)
        return clips.spread(F.linear(means, self._weight, self._bias)) + rest


def product(weight: Tensor, bias: Tensor | None, *, half: bool) -> Product:
    """Return the linear map with this weight (out, in) and bias (out,)."""
    return CentredProduct(weight, bias) if half else FullProduct(weight, bias)
