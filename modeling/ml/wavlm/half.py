"""Products in bfloat16, with weights laid out once the way the processor reads them.

torch's own `linear` puts a bfloat16 weight into that order anew at every call, which costs a tenth to a third of the
product where a clip has few frames. The operator used here takes it ordered (`torch.compile` calls the same one). It
also adds a float32 bias and applies the GELU before the result is rounded.
"""

from collections.abc import Callable
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Activation = Callable[[Tensor], Tensor]

GELU, PLAIN = ("gelu", [], "none"), ("none", [], "")
"""What follows a product, as torch's oneDNN operator takes it; this GELU is the exact one, not that by tanh."""


def on_this_processor(weight: Tensor) -> bool:
    """Tell whether the operator that takes an ordered weight is for `weight`; on a GPU it is not."""
    return weight.device.type == "cpu" and torch.backends.mkldnn.is_available()


def follow_up(activation: Activation) -> tuple[str, list[Any], str] | None:
    """Return how the operator names an activation, None if it does not know it."""
    from transformers.activations import GELUActivation

    if isinstance(activation, nn.Identity):
        return PLAIN
    exact = isinstance(activation, GELUActivation) and activation.act is F.gelu
    return GELU if exact or (isinstance(activation, nn.GELU) and activation.approximate == "none") else None


class HalfProduct:
    """Rows times a weight (out, in): (rows, in) bfloat16 → (rows, out) bfloat16."""

    def __init__(self, weight: Tensor) -> None:
        self._weight = weight.to(torch.bfloat16).contiguous()
        self._ordered = on_this_processor(weight)
        if self._ordered:
            self._weight = torch.ops.mkldnn._reorder_linear_weight(self._weight, None)

    def __call__(self, rows: Tensor) -> Tensor:
        """Return the products."""
        if self._ordered:
            return cast(Tensor, torch.ops.mkldnn._linear_pointwise(rows, self._weight, None, *PLAIN))
        return F.linear(rows, self._weight)

    def activated(self, rows: Tensor, bias: Tensor, activation: Activation) -> Tensor:
        """Return `activation` of the products plus `bias` (out,) float32, rounded once."""
        if self._ordered and (after := follow_up(activation)):
            return cast(Tensor, torch.ops.mkldnn._linear_pointwise(rows, self._weight, bias, *after))
        return activation(self(rows) + bias).to(torch.bfloat16)
