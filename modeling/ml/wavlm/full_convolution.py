"""WavLM's convolutional layers after the first, in float32."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor


class FullStack:
    """The layers after the first: (steps, channels) → (frames, channels).

    `normed`: each layer norms over its channels.
    """

    def __init__(self, layers: Sequence[Any], *, normed: bool) -> None:
        self._layers, self._normed = layers, normed

    def __call__(self, steps: Tensor) -> Tensor:
        """Return the features."""
        for layer in self._layers:
            steps = layer.conv(steps.T[None])[0].T
            steps = layer.activation(layer.layer_norm(steps) if self._normed else steps)
        return steps
