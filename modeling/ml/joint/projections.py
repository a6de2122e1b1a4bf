"""The two maps into the joint space: one linear layer for backchannels, one to four for contexts."""

import itertools
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

DEPTHS = range(1, 5)


class Linear(nn.Linear):
    """A linear layer that multiplies in the precision of what comes in, bfloat16 or float32, and returns float32."""

    def forward(self, vectors: Tensor) -> Tensor:
        """Return the mapped vectors: (B, in) → (B, out) float32 (float64 where the layer is)."""
        mapped = F.linear(vectors, self.weight.to(vectors.dtype))
        return mapped.to(self.weight.dtype) + self.bias


class JointModel(nn.Module):
    """Backchannels and contexts as unit vectors of one space, and the scale 1/T of their cosines.

    `backchannel_width` and `context_width` are the lengths of what comes in, `dimension` of what goes out; a context
    goes through `depth` layers, of `hidden` numbers in between with ReLU. The weights are drawn from `seed` alone.
    """

    def __init__(
        self,
        *,
        backchannel_width: int,
        context_width: int,
        dimension: int,
        depth: int = 1,
        hidden: int = 512,
        temperature: float = 0.1,
        seed: int = 0,
    ) -> None:
        if depth not in DEPTHS:
            raise ValueError(f"depth={depth}: a context goes through 1 to 4 layers")
        super().__init__()
        widths = [context_width, *[hidden] * (depth - 1), dimension]
        self.backchannel = Linear(backchannel_width, dimension)
        self.layers = nn.ModuleList(Linear(a, b) for a, b in itertools.pairwise(widths))
        self.log_scale = nn.Parameter(torch.tensor(-math.log(temperature)))
        self._draw(seed)

    @property
    def scale(self) -> Tensor:
        """1/T, a scalar."""
        return self.log_scale.exp()

    def backchannels(self, vectors: Tensor) -> Tensor:
        """Return unit vectors: (B, backchannel width) → (B, dimension)."""
        return F.normalize(self.backchannel(vectors), dim=1)

    def contexts(self, vectors: Tensor) -> Tensor:
        """Return unit vectors: (B, context width) → (B, dimension)."""
        mapped = self.layers[0](vectors)
        for layer in list(self.layers)[1:]:
            mapped = layer(F.relu(mapped).to(vectors.dtype))
        return F.normalize(mapped, dim=1)

    def _draw(self, seed: int) -> None:
        """Draw weights uniformly within ±1/√(length of what comes in), as torch does, with a generator of our own."""
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for layer in (self.backchannel, *self.layers):
                assert isinstance(layer, nn.Linear)
                bound = 1 / math.sqrt(layer.in_features)
                layer.weight.uniform_(-bound, bound, generator=generator)
                layer.bias.uniform_(-bound, bound, generator=generator)
