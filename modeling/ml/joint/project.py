"""Items in the joint space, the same whatever else is computed with them."""

import copy
from collections.abc import Callable, Sequence

import numpy as np
import torch

from modeling.ml.joint.items import Items, Numbers, Vectors
from modeling.ml.joint.projections import JointModel


def project(model: JointModel, items: Items, rows: Numbers, parts: Sequence[str]) -> tuple[Vectors, Vectors]:
    """Return contexts and backchannels of these rows as unit vectors, (len(rows), dimension) float32 each.

    Computed in float64: the order of a sum depends on the size of a batch, and in float64 that shows far behind the
    digits that are kept.
    """
    device = model.log_scale.device
    exact = copy.deepcopy(model).double().eval()
    contexts, backchannels = [], []
    with torch.inference_mode():
        for backchannel, context in items.pieces(rows, parts):
            contexts.append(exact.contexts(_double(context, device)).float().cpu().numpy())
            backchannels.append(exact.backchannels(_double(backchannel, device)).float().cpu().numpy())
    return np.concatenate(contexts), np.concatenate(backchannels)


def in_space(side: Callable[[torch.Tensor], torch.Tensor], vectors: Vectors) -> Vectors:
    """Return vectors through one side of a model in float64 (`contexts` or `backchannels`): (n, width) → (n, d)."""
    with torch.inference_mode():
        return np.asarray(side(torch.from_numpy(vectors).double()).float().numpy())


def _double(vectors: Vectors, device: torch.device) -> torch.Tensor:
    return torch.from_numpy(vectors).to(device=device, dtype=torch.float64)
