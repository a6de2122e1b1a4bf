"""Matrix products in float32 and in bfloat16."""

from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from modeling.ml.wavlm.ordered import Activation, OrderedProduct
from modeling.ml.wavlm.packing import Clips


class Product(Protocol):
    """A linear map of packed frames: (all frames, in) → (all frames, out) float32."""

    def __call__(self, frames: Tensor, clips: Clips) -> Tensor:
        """Return the mapped frames."""

    def activated(self, frames: Tensor, clips: Clips, activation: Activation) -> Tensor:
        """Return `activation` of the mapped frames, in the precision of the product."""


class FullProduct:
    """In float32."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self._product, self._bias = OrderedProduct(weight, torch.float32), bias

    def __call__(self, frames: Tensor, clips: Clips) -> Tensor:
        """Return the mapped frames."""
        return self._product(frames, self._bias)

    def activated(self, frames: Tensor, clips: Clips, activation: Activation) -> Tensor:
        """Return `activation` of the mapped frames, float32."""
        return self._product.activated(frames, self._bias, activation)


class CentredProduct:
    """In bfloat16, except for each clip's mean over its frames, which goes through in float32.

    A clip's vector is a mean over frames, and what all its frames have in common is most of it. Rounded along with
    the rest it would be wrong in the same way in every frame, which no averaging mends; taken out it is exact, and
    what is left is smaller and its rounding errors average out. The mean is one row a clip and costs little.

    With an activation clips are taken one by one: a product adds what became of its clip's mean as if it were a bias.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self._weight, self._bias = weight, bias
        self._half = OrderedProduct(weight, torch.bfloat16)

    def __call__(self, frames: Tensor, clips: Clips) -> Tensor:
        """Return the mapped frames."""
        rests, means = zip(*self._parted(frames, clips), strict=True)
        rest = self._half(torch.cat(rests))
        return torch.cat([one + mean for one, mean in zip(clips.apart(rest), means, strict=True)])

    def activated(self, frames: Tensor, clips: Clips, activation: Activation) -> Tensor:
        """Return `activation` of the mapped frames, bfloat16; it is applied before the result is rounded."""
        return torch.cat([self._half.activated(rest, mean, activation) for rest, mean in self._parted(frames, clips)])

    def _parted(self, frames: Tensor, clips: Clips) -> list[tuple[Tensor, Tensor]]:
        """Return each clip's frames less their mean, bfloat16, and what becomes of the mean (out,) float32."""
        means = clips.means(frames)
        mapped = F.linear(means, self._weight, self._bias)
        apart = zip(clips.apart(frames), means, mapped, strict=True)
        return [((one - mean).to(torch.bfloat16), out) for one, mean, out in apart]


def product(weight: Tensor, bias: Tensor | None, *, half: bool) -> Product:
    """Return the linear map with this weight (out, in) and bias (out,)."""
    return CentredProduct(weight, bias) if half else FullProduct(weight, bias)
