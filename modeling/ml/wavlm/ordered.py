"""Matrix products with weights laid out once the way the processor reads them.

torch's own `linear` and `conv1d` put a weight into that order anew at every call, which costs a tenth to a third of
the product where a clip has few frames. The operator used here takes it ordered (`torch.compile` calls the same one).
It also adds a float32 bias and applies the GELU before a bfloat16 result is rounded.
"""

from collections.abc import Callable
from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Activation = Callable[[Tensor], Tensor]

After = tuple[str, list[Any], str]
GELU: After = ("gelu", [], "none")
PLAIN: After = ("none", [], "")
"""What follows a product, as torch's oneDNN operator takes it; this GELU is the exact one, not that by tanh."""


def on_this_processor(weight: Tensor) -> bool:
    """Tell whether the operator that takes an ordered weight is for `weight`; on a GPU it is not."""
    backend: Any = torch.backends.mkldnn
    return weight.device.type == "cpu" and bool(backend.is_available())


def is_exact_gelu(activation: Activation) -> bool:
    """Tell whether an activation is the GELU that the operator computes."""
    from transformers.activations import GELUActivation

    if isinstance(activation, GELUActivation):
        return activation.act is F.gelu
    return isinstance(activation, nn.GELU) and activation.approximate == "none"


class OrderedProduct:
    """Rows times a weight (out, in), both of `dtype`: (rows, in) → (rows, out) of `dtype` too."""

    def __init__(self, weight: Tensor, dtype: torch.dtype) -> None:
        self._dtype, self._ordered = dtype, on_this_processor(weight)
        self._weight = weight.to(dtype).contiguous()
        if self._ordered:
            self._weight = torch.ops.mkldnn._reorder_linear_weight(self._weight, None)

    def __call__(self, rows: Tensor, bias: Tensor | None = None) -> Tensor:
        """Return the products plus `bias` (out,) float32."""
        if self._ordered:
            return self._operator(rows, bias, PLAIN)
        products = F.linear(rows, self._weight)
        return products if bias is None else (products + bias).to(self._dtype)

    def activated(self, rows: Tensor, bias: Tensor | None, activation: Activation) -> Tensor:
        """Return `activation` of the products plus `bias`."""
        if self._ordered and is_exact_gelu(activation):
            return self._operator(rows, bias, GELU)
        return activation(self(rows, bias))

    def _operator(self, rows: Tensor, bias: Tensor | None, after: After) -> Tensor:
        return cast(Tensor, torch.ops.mkldnn._linear_pointwise(rows, self._weight, bias, *after))
