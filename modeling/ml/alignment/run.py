"""A run: fold by fold, each kept on disk, then the transform of all judgements with its card."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from modeling.ml.alignment.folds import Fold, clip_folds
from modeling.ml.alignment.settings import AlignmentSettings
from modeling.ml.alignment.stored import save_transform
from modeling.ml.alignment.validation import Aligned, FoldFit, fit_fold, gathered
from modeling.ml.errors import TrainingError
from modeling.ml.judgements import cards
from modeling.ml.judgements.frozen import Frozen
from modeling.ml.judgements.pieces import Listener, Piece, all_pieces
from modeling.ml.ordinal.judged import Floats


def align_run(
    vectors: Floats,
    frozen: Frozen,
    settings: AlignmentSettings,
    *,
    folder: Path,
    of: str,
    about: Mapping[str, Any],
    listener: Listener,
) -> tuple[dict[str, Any] | None, int]:
    """Return the figures, None where the listener stopped it, and the number of steps.

    `vectors` (n, d) of the clips of `frozen`; `of`: the run's digest; `about`: what the card tells besides. Raises
    `TrainingError` where there are too few triads.
    """
    try:
        folds = clip_folds(frozen.judged.items, n_groups=settings.groups, seed=settings.seed)
    except ValueError as error:
        raise TrainingError(f"{error}.", "Collect more judgements, or choose another number of --groups.") from error
    fit: Callable[[Fold], Piece] = partial(_piece, vectors, frozen, settings)
    jobs = {f"fold-{number:03d}": partial(fit, fold) for number, fold in enumerate(folds)}
    pieces = all_pieces(jobs, folder=folder / "folds", of=of, total=len(jobs) + 1, listener=listener)
    if pieces is None:
        return None, len(jobs) + 1
    fits = [_fold_fit(piece) for piece in pieces]
    aligned = gathered(vectors, frozen.judged, folds, fits, rank=settings.rank, seed=settings.seed)
    metrics = _metrics(aligned, frozen, folds)
    save_transform(folder, aligned.final, {"of": of, "settings": settings.as_json(), "metrics": metrics, **about})
    return metrics, len(jobs) + 1


def _piece(vectors: Floats, frozen: Frozen, settings: AlignmentSettings, fold: Fold) -> Piece:
    made = fit_fold(vectors, frozen.judged, fold, rank=settings.rank, strengths=settings.strengths, seed=settings.seed)
    return {
        "similarities": made.similarities.tolist(),
        "strength": made.strength,
        "temperature": made.temperature,
        "raw_temperature": made.raw_temperature,
    }


def _fold_fit(piece: Piece) -> FoldFit:
    return FoldFit(**{**piece, "similarities": np.asarray(piece["similarities"], dtype=np.float64).reshape(-1, 3)})


def _metrics(aligned: Aligned, frozen: Frozen, folds: list[Fold]) -> dict[str, Any]:
    return {
        "fitted": {"accuracy": aligned.accuracy, "bits": aligned.bits},
        "raw": {"accuracy": aligned.raw_accuracy, "bits": aligned.raw_bits},
        "clips": len(frozen.keys),
        "triads": frozen.n_triads,
        "judgements": frozen.n_judgements,
        "folds": len(folds),
        "trained_on": [int(frozen.judged.count[fold.train].sum()) for fold in folds],
        "strengths": list(aligned.strengths),
        "strength": aligned.final.strength,
        "source": dict(frozen.source),
        "versions": cards.versions(),
    }
