"""The transform: x → x + U Vᵀ x, or x → W x, fitted so that softmax over a triad's cosines predicts the odd one out.

After Muttenthaler et al. 2023, "Improving neural network representations using human similarity judgments" (NeurIPS),
eq. 2 and 3: a linear map of fixed embeddings, cross-entropy over the three pairs, and a penalty on the distance from (a
multiple of) the identity; here from the identity, because cosines do not feel a multiple.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from modeling.ml.ordinal.judged import PAIRS, Floats, Judged

STEPS = 60
START_TEMPERATURE = 0.1
PULL = 0.01
"""How strongly log T is held to its start: few triads can be fitted without error, and T would go to 0."""


@dataclass(frozen=True, eq=False)
class Transform:
    """`change` (d, d): what is added to the identity; `temperature` of the cosines; what it was fitted with."""

    change: Floats
    temperature: float
    rank: int | None
    strength: float

    def apply(self, vectors: Floats) -> Floats:
        """Return the transformed vectors: (n, d) → (n, d)."""
        return vectors + vectors @ self.change.T

    def similarities(self, vectors: Floats, judged: Judged) -> Floats:
        """Return the cosines of each triad's pairs, (m, 3): in column k of the pair that leaves slot k odd."""
        return triad_cosines(self.apply(vectors), judged)


def triad_cosines(vectors: Floats, judged: Judged) -> Floats:
    """Return the cosines of each triad's pairs, (m, 3): in column k of the pair that leaves slot k odd."""
    cosines: Floats = _cosines(torch.from_numpy(vectors), torch.from_numpy(judged.items)).numpy()
    return cosines


def bits(similarities: Floats, judged: Judged, temperature: float) -> Floats:
    """Return −log₂ of the probability of each judgement, softmax over similarities (m, 3) / temperature: (m,)."""
    surprise = _surprise(torch.from_numpy(similarities) / temperature, judged) / np.log(2)
    return np.asarray(surprise.numpy())


def temperature_of(similarities: Floats, judged: Judged, *, near: float | None = None) -> float:
    """Return the temperature under which the judgements are likeliest, between .001 and 100.

    `near`: towards this one few judgements are pulled, as a lognormal prior does whose spread is one e-fold.
    """
    from scipy.optimize import minimize_scalar

    def loss(log: float) -> float:
        prior = 0.0 if near is None else 0.5 * (log - np.log(near)) ** 2 / np.log(2)
        return float(judged.count @ bits(similarities, judged, float(np.exp(log))) + prior)

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(1e-3), np.log(100)), method="bounded").x))


def fit(vectors: Floats, judged: Judged, *, rank: int | None, strength: float, seed: int = 0) -> Transform:
    """Return the transform of `vectors` (n, d) that fits the judgements.

    `rank`: of the change; None for any matrix. `strength`: the penalty on the squared Frobenius norm of the change, per
    judgement. The temperature is fitted along; where triads are few it is too low for others (`temperature_of`).
    """
    d = vectors.shape[1]
    x, items = torch.from_numpy(np.asarray(vectors, dtype=np.float64)), torch.from_numpy(judged.items)
    used, places = torch.unique(items, return_inverse=True)
    x = x[used]
    shares = torch.from_numpy(judged.count / judged.count.sum())
    log_temperature = torch.tensor(float(np.log(START_TEMPERATURE)), dtype=torch.float64, requires_grad=True)
    factors = _factors(d, rank, seed)
    optimizer = torch.optim.LBFGS(
        [log_temperature, *factors], max_iter=STEPS, history_size=10, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        logits = _cosines(_changed(x, factors), places) / log_temperature.exp()
        value: Tensor = (shares * _surprise(logits, judged)).sum() + strength * _norm(factors)
        value = value + PULL * (log_temperature - np.log(START_TEMPERATURE)) ** 2
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        change = _changed(torch.eye(d, dtype=torch.float64), factors).T - torch.eye(d, dtype=torch.float64)
    return Transform(change.numpy().copy(), float(np.exp(log_temperature.item())), rank, strength)


def _factors(d: int, rank: int | None, seed: int) -> list[Tensor]:
    """Return what is learned: one matrix (d, d), or two (d, rank) of which the first begins at zero."""
    if rank is None:
        return [torch.zeros(d, d, dtype=torch.float64, requires_grad=True)]
    drawn = np.random.default_rng(seed).normal(size=(d, rank)) / np.sqrt(d)
    return [torch.zeros(d, rank, dtype=torch.float64, requires_grad=True), torch.from_numpy(drawn).requires_grad_()]


def _changed(x: Tensor, factors: list[Tensor]) -> Tensor:
    return x + x @ factors[0].T if len(factors) == 1 else x + (x @ factors[1]) @ factors[0].T


def _norm(factors: list[Tensor]) -> Tensor:
    """Return the squared Frobenius norm of the change; of two factors without making their product."""
    if len(factors) == 1:
        return factors[0].square().sum()
    return ((factors[0].T @ factors[0]) * (factors[1].T @ factors[1])).sum()


def _cosines(vectors: Tensor, items: Tensor) -> Tensor:
    clips = F.normalize(vectors, dim=1)[items]
    return torch.stack([(clips[:, a] * clips[:, b]).sum(dim=1) for a, b in PAIRS], dim=1)


def _surprise(logits: Tensor, judged: Judged) -> Tensor:
    """Return −log of the probability of each judgement, (m,); an anchored one chose between two pairs."""
    first = 1 if judged.anchored else 0
    return F.cross_entropy(logits[:, first:], torch.from_numpy(judged.odd - first), reduction="none")
