"""How well a fitted transform predicts judgements about clips that it never saw, beside the embeddings as they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from modeling.ml.alignment.folds import clip_folds
from modeling.ml.alignment.transform import Transform, bits, fit, temperature_of, triad_cosines
from modeling.ml.ordinal.judged import Floats, Judged, Numbers

STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
INNER_SHARE = 0.6


@dataclass(frozen=True, eq=False)
class Aligned:
    """What came of fitting.

    `similarities` (m, 3) are each judgement's, by a transform that saw none of its clips; `raw_similarities` those of
    the embeddings as they are. Accuracies and losses (in bits) are means over judgements. `final` is fitted to all
    judgements: scores that it gives are fitted, and say nothing about these judgements.
    """

    similarities: Floats
    raw_similarities: Floats
    accuracy: float
    raw_accuracy: float
    bits: float
    raw_bits: float
    strengths: tuple[float, ...]
    final: Transform


def align(
    vectors: Floats,
    judged: Judged,
    *,
    rank: int | None,
    strengths: Sequence[float] = STRENGTHS,
    n_groups: int = 6,
    seed: int = 0,
) -> Aligned:
    """Fit a transform to judgements about `vectors` (n, d), cross-validated over clips (`clip_folds`).

    The strength of the penalty is chosen within each fold's training triads, again on clips held out. The temperature
    of a fold's probabilities is fitted to similarities of its training triads that other folds' transforms gave, which
    did not see them; for the embeddings as they are to the same triads. Raises `ValueError` for too few triads.
    """
    vectors = np.asarray(vectors, dtype=np.float64)
    vectors = vectors / np.linalg.norm(vectors, axis=1).mean()  # so that a strength means the same for any encoder
    raw, similarities = triad_cosines(vectors, judged), np.zeros((len(judged), 3))
    losses, raw_losses = np.zeros(len(judged)), np.zeros(len(judged))
    chosen = []
    folds = clip_folds(judged.items, n_groups=n_groups, seed=seed)
    for fold in folds:
        fitted = _fit_chosen(vectors, judged.where(fold.train), rank, strengths, seed)
        chosen.append(fitted.strength)
        similarities[fold.test] = fitted.similarities(vectors, judged.where(fold.test))
    for fold in folds:
        seen, held = judged.where(fold.train), judged.where(fold.test)
        for values, into in ((similarities, losses), (raw, raw_losses)):
            into[fold.test] = bits(values[fold.test], held, temperature_of(values[fold.train], seen))
    final = fit(vectors, judged, rank=rank, strength=float(np.median(chosen)), seed=seed)

    def mean(values: Floats) -> float:
        return float(np.average(values, weights=judged.count))

    return Aligned(
        similarities=similarities,
        raw_similarities=raw,
        accuracy=mean(judged.credit_of(similarities)),
        raw_accuracy=mean(judged.credit_of(raw)),
        bits=mean(losses),
        raw_bits=mean(raw_losses),
        strengths=tuple(chosen),
        final=replace(final, temperature=temperature_of(similarities, judged)),
    )


def _fit_chosen(vectors: Floats, judged: Judged, rank: int | None, strengths: Sequence[float], seed: int) -> Transform:
    """Return the transform with the strength that does best on triads of held-out clips.

    Where no triad is left to choose by, that is the largest.
    """
    train, test = _inner(judged.items, seed)
    if len(strengths) == 1 or not len(train) or not len(test):
        return fit(vectors, judged, rank=rank, strength=max(strengths), seed=seed)
    held, tried = judged.where(test), []
    for strength in strengths:
        inner = fit(vectors, judged.where(train), rank=rank, strength=strength, seed=seed).similarities(vectors, held)
        temperature = temperature_of(inner, held)
        tried.append((np.average(bits(inner, held, temperature), weights=held.count), -strength))
    return fit(vectors, judged, rank=rank, strength=-min(tried)[1], seed=seed)


def _inner(items: Numbers, seed: int) -> tuple[Numbers, Numbers]:
    """Return the triads within a random 60 % of the clips, and those within the others."""
    clips, place = np.unique(items, return_inverse=True)
    kept = np.random.default_rng(seed).permutation(len(clips)) < INNER_SHARE * len(clips)
    inside = kept[place].reshape(items.shape).sum(axis=1)
    return np.flatnonzero(inside == 3), np.flatnonzero(inside == 0)
