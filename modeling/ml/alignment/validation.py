"""How well a fitted transform predicts judgements about clips that it never saw, beside the embeddings as they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from modeling.ml.alignment.folds import Fold, clip_folds
from modeling.ml.alignment.transform import Transform, bits, fit, temperature_of, triad_cosines
from modeling.ml.ordinal.judged import Floats, Judged, Numbers

STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
INNER_SHARE = 0.6
SPLITS = 2
"""Splits of a fold's training clips by which strength and temperature are chosen."""


@dataclass(frozen=True, eq=False)
class FoldFit:
    """What came of a fold: `similarities` (k, 3) of its test triads, and what was chosen within its training triads."""

    similarities: Floats
    strength: float
    temperature: float
    raw_temperature: float


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

    Raises `ValueError` for too few triads.
    """
    folds = clip_folds(judged.items, n_groups=n_groups, seed=seed)
    fits = [fit_fold(vectors, judged, fold, rank=rank, strengths=strengths, seed=seed) for fold in folds]
    return gathered(vectors, judged, folds, fits, rank=rank, seed=seed)


def fit_fold(
    vectors: Floats, judged: Judged, fold: Fold, *, rank: int | None, strengths: Sequence[float], seed: int
) -> FoldFit:
    """Fit to the fold's training triads, and apply to its test triads; nothing of their clips is used.

    The strength of the penalty and the temperature are those that do best within the training triads, again on clips
    held out (`_within`); the temperature of the embeddings as they are is fitted to the training triads.
    """
    vectors, seen = _scaled(vectors), judged.where(fold.train)
    raw_temperature = temperature_of(triad_cosines(vectors, seen), seen)
    strength, temperature = _within(vectors, seen, rank, strengths, raw_temperature, seed)
    fitted = fit(vectors, seen, rank=rank, strength=strength, seed=seed)
    return FoldFit(fitted.similarities(vectors, judged.where(fold.test)), strength, temperature, raw_temperature)


def gathered(
    vectors: Floats, judged: Judged, folds: Sequence[Fold], fits: Sequence[FoldFit], *, rank: int | None, seed: int
) -> Aligned:
    """Return what the folds gave together, and the transform fitted to all judgements."""
    vectors = _scaled(vectors)
    raw, similarities = triad_cosines(vectors, judged), np.zeros((len(judged), 3))
    losses, raw_losses = np.zeros(len(judged)), np.zeros(len(judged))
    for fold, made in zip(folds, fits, strict=True):
        held = judged.where(fold.test)
        similarities[fold.test] = made.similarities
        losses[fold.test] = bits(made.similarities, held, made.temperature)
        raw_losses[fold.test] = bits(raw[fold.test], held, made.raw_temperature)
    chosen = tuple(made.strength for made in fits)
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
        strengths=chosen,
        final=replace(final, temperature=temperature_of(similarities, judged)),
    )


def _scaled(vectors: Floats) -> Floats:
    """Return the vectors with a mean length of 1, so that a strength means the same for any encoder."""
    vectors = np.asarray(vectors, dtype=np.float64)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1).mean())


def _within(
    vectors: Floats, judged: Judged, rank: int | None, strengths: Sequence[float], raw_temperature: float, seed: int
) -> tuple[float, float]:
    """Return the strength and the temperature that do best on triads of clips held out of these triads.

    Two splits of the clips are pooled. Where no triad is left to choose by, these are the largest strength and the
    temperature of the embeddings as they are, towards which few triads pull in any case.
    """
    splits = [_inner(judged.items, seed + number) for number in range(SPLITS)]
    splits = [(train, test) for train, test in splits if len(train) and len(test)]
    if not splits:
        return max(strengths), raw_temperature
    held = judged.where(np.concatenate([test for _, test in splits]))
    tried = []
    for strength in strengths:
        inner = np.concatenate(
            [
                fit(vectors, judged.where(train), rank=rank, strength=strength, seed=seed).similarities(
                    vectors, judged.where(test)
                )
                for train, test in splits
            ]
        )
        temperature = temperature_of(inner, held, near=raw_temperature)
        tried.append((np.average(bits(inner, held, temperature), weights=held.count), -strength, temperature))
    _, strength, temperature = min(tried)
    return -strength, temperature


def _inner(items: Numbers, seed: int) -> tuple[Numbers, Numbers]:
    """Return the triads within a random 60 % of the clips, and those within the others."""
    clips, place = np.unique(items, return_inverse=True)
    kept = np.random.default_rng(seed).permutation(len(clips)) < INNER_SHARE * len(clips)
    inside = kept[place].reshape(items.shape).sum(axis=1)
    return np.flatnonzero(inside == 3), np.flatnonzero(inside == 0)
