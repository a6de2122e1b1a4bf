"""Where the true backchannel of a context comes among the candidates (METHODS, Retrieval).

A rank is 1 + the number of candidates scored higher + half the number tied with the true one; pools are declared and
fixed, and every result is one number per context, so that `analysis.stats.retrieval` can resample dialogues.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.floating]
Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
TIED = 1e-9
"""Cosines nearer than this are tied: the order of the sums makes equal vectors differ by about 1e-15."""
CHUNK_BYTES = 2**24


@dataclass(frozen=True, eq=False)
class Ranks:
    """`rank` (n,) of the true candidate of each context among `pool` candidates; `how` says what was ranked."""

    rank: Floats
    pool: int
    how: str = "all candidates"

    def per_context(self) -> dict[str, Floats]:
        """Return what each context contributes to each mean: top-p % hits, recalls, reciprocal ranks, (n,) each."""
        shares = {f"top_{percent}": self.rank <= percent / 100 * self.pool for percent in (10, 25, 50)}
        recalls = {f"recall_{k}": self.rank <= k for k in (1, 5, 10)}
        hits = {name: hit.astype(np.float64) for name, hit in (shares | recalls).items()}
        return hits | {"mrr": 1 / self.rank}

    def figures(self) -> dict[str, float]:
        """Return the means of `per_context` and the median rank over the pool's size."""
        figures = {name: float(values.mean()) for name, values in self.per_context().items()}
        return figures | {"median_rank": float(np.median(self.rank)) / self.pool}


@dataclass(frozen=True, eq=False)
class FormPrior:
    """How frequent word forms are: `seen` (n,) those of the training items, `scale` the 1/T of the space's loss."""

    scale: float
    seen: Numbers

    def log_shares(self, forms: Numbers) -> Floats:
        """Return the log share of each of F forms among those seen, each counted once more than it was."""
        names, counts = np.unique(self.seen[self.seen >= 0], return_counts=True)
        by_form = dict(zip(names.tolist(), counts.tolist(), strict=True))
        smoothed = np.array([1 + by_form.get(form, 0) for form in forms.tolist()], dtype=np.float64)
        shares: Floats = np.log(smoothed / smoothed.sum())
        return shares


def cosine_ranks(contexts: Vectors, candidates: Vectors, true: Numbers | None = None) -> Ranks:
    """Return the rank of candidate `true[i]` (candidate i if not given) for context i.

    `contexts` (n, d), `candidates` (N, d), unit vectors or not; computed chunk by chunk in float64.
    """
    true = np.arange(len(contexts)) if true is None else true
    ranks = [_rank(scores, true[part]) for part, scores in _scores(contexts, candidates)]
    return Ranks(np.concatenate(ranks), len(candidates))


def score_ranks(scores: Floats, true: Numbers) -> Ranks:
    """Return the ranks where every context scores the candidates alike: `scores` (N,), as word frequency does."""
    order = np.sort(scores)
    own = scores[true]
    below, not_above = np.searchsorted(order, own), np.searchsorted(order, own, side="right")
    tied = not_above - below - 1
    return Ranks(1 + (len(scores) - not_above) + tied / 2, len(scores))


def batch_ranks(contexts: Vectors, backchannels: Vectors, *, batch: int, seed: int) -> tuple[Ranks, Numbers]:
    """Return ranks within random batches of `batch` items, and which contexts (m,) they are of.

    For comparison with published figures only: such a pool is smaller and says less. Items that fill no batch are left
    out. Raises `ValueError` where there are fewer than `batch`.
    """
    n = len(contexts)
    if not 1 < batch <= n:
        raise ValueError(f"batches of {batch} cannot be made of {n} items: choose 2 to {n}")
    order = np.random.default_rng(seed).permutation(n)[: n // batch * batch]
    ranks = [cosine_ranks(contexts[some], backchannels[some]).rank for some in order.reshape(-1, batch)]
    return Ranks(np.concatenate(ranks), batch, f"batch-pooled, B = {batch}"), order


def form_item_ranks(contexts: Vectors, candidates: Vectors, own: Numbers, forms: Numbers) -> Ranks:
    """Return the rank of the best candidate with the context's word form, among candidates of other forms.

    `own` (n,): form of each context's backchannel; `forms` (N,): those of the candidates. Raises `ValueError` for a
    form that no candidate has.
    """
    ranks = []
    for part, scores in _scores(contexts, candidates):
        same = own[part, None] == forms
        _check_any(same, own[part])
        best = np.where(same, scores, -np.inf).max(axis=1, keepdims=True)
        others = np.where(same, -np.inf, scores)
        ranks.append(1 + (others > best + TIED).sum(axis=1) + (np.abs(others - best) <= TIED).sum(axis=1) / 2)
    return Ranks(np.concatenate(ranks), len(candidates), "first candidate of the same word form")


def form_ranks(
    contexts: Vectors, candidates: Vectors, own: Numbers, forms: Numbers, *, prior: "FormPrior | None" = None
) -> Ranks:
    """Return the rank of the context's word form among all F forms, each scored by its best candidate.

    With a `prior` a form's score is scale · cosine + log of its smoothed share in training: a contrastive loss is
    smallest where scale · cosine is the pointwise mutual information of context and candidate, up to a constant (van
    den Oord, Li & Vinyals 2018, eq. 2 to 5), so that this sum is the log probability of the form in the context.
    """
    known, column = np.unique(forms, return_inverse=True)
    _check_any(own[:, None] == known, own)
    by_form = np.argsort(column, kind="stable")
    starts = np.searchsorted(column[by_form], np.arange(len(known)))
    true = np.searchsorted(known, own)
    ranks = []
    for part, scores in _scores(contexts, candidates):
        best = np.maximum.reduceat(scores[:, by_form], starts, axis=1)
        ranks.append(_rank(best if prior is None else prior.scale * best + prior.log_shares(known), true[part]))
    how = "word forms" if prior is None else "word forms, with their frequency"
    return Ranks(np.concatenate(ranks), len(known), how)


def chance(pool: int) -> dict[str, float]:
    """Return the expected figures of an order drawn at random, without ties, in a pool of that size."""
    ranks = Ranks(np.arange(1, pool + 1, dtype=np.float64), pool, "chance")
    return ranks.figures()


def _rank(scores: Floats, true: Numbers) -> Floats:
    """Return the rank of candidate true[i] in row i: (n, N), (n,) → (n,)."""
    own = scores[np.arange(len(true)), true][:, None]
    higher = (scores > own + TIED).sum(axis=1)
    tied = (np.abs(scores - own) <= TIED).sum(axis=1) - 1
    ranks: Floats = 1 + higher + tied / 2
    return ranks


def _scores(contexts: Vectors, candidates: Vectors) -> Iterator[tuple[slice, Floats]]:
    """Yield cosines (some contexts, N) float64 and which contexts they are of."""
    unit, others = _unit(contexts), _unit(candidates)
    size = max(1, CHUNK_BYTES // (8 * len(others)))
    for start in range(0, len(unit), size):
        part = slice(start, start + size)
        yield part, unit[part] @ others.T


def _unit(vectors: Vectors) -> Floats:
    """Return the vectors in float64 with length 1; a zero vector stays zero, as alike to everything."""
    rows = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1.0)


def _check_any(same: npt.NDArray[np.bool_], own: Numbers) -> None:
    missing = np.flatnonzero(~same.any(axis=1))
    if len(missing):
        raise ValueError(f"no candidate has the word form {own[missing[0]]}: take contexts of forms in the pool only")
