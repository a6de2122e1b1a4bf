"""What is minimised: the loss of triplets "i is nearer to j than to k", from both distances."""

from typing import Protocol

import torch
from torch import Tensor

TINY = 1e-12
MARGIN = 0.1


class Loss(Protocol):
    """From squared distances (t,) of the near and the far pair to a loss (t,), in `dimension` dimensions."""

    def __call__(self, near: Tensor, far: Tensor, dimension: int) -> Tensor:
        """Return the loss of each triplet."""


def soe(near: Tensor, far: Tensor, dimension: int) -> Tensor:
    """Soft ordinal embedding: max(0, d_ij + δ − d_ik)², δ = .1.

    Terada & von Luxburg 2014, "Local ordinal embedding", ICML, eq. 5.
    """
    distances = (torch.sqrt(each + TINY) for each in (near, far))
    one, other = distances
    return torch.relu(one + MARGIN - other) ** 2


def tste(near: Tensor, far: Tensor, dimension: int) -> Tensor:
    """t-distributed stochastic triplet embedding: −log of the probability of the answer.

    With kernels (1 + d²/α)^{−(α + 1)/2} and α = dimension − 1 degrees of freedom, at least 1.
    van der Maaten & Weinberger 2012, "Stochastic triplet embedding", MLSP, eq. 6.
    """
    alpha = max(1, dimension - 1)
    power = -(alpha + 1) / 2
    return -torch.nn.functional.logsigmoid(power * (torch.log1p(near / alpha) - torch.log1p(far / alpha)))


LOSSES: dict[str, Loss] = {"soe": soe, "tste": tste}
