"""A run: held-out accuracy of each number of dimensions, fold by fold, then the map of all judgements with its card."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from modeling.ml.errors import TrainingError
from modeling.ml.judgements import cards
from modeling.ml.judgements.frozen import Frozen
from modeling.ml.judgements.pieces import Listener, Piece, all_pieces
from modeling.ml.ordinal.embedding import Map, embed
from modeling.ml.ordinal.judged import Numbers
from modeling.ml.ordinal.settings import MapSettings
from modeling.ml.ordinal.stored import save_map
from modeling.ml.ordinal.validation import HeldOut, fewest, fold_accuracy, held_out, triad_folds

FOLD_STARTS = 2
CURVE = "held-out accuracy"
SHOWN = 2
"""Axes that the picture has."""


def map_run(
    frozen: Frozen, settings: MapSettings, *, folder: Path, of: str, about: Mapping[str, Any], listener: Listener
) -> tuple[dict[str, Any] | None, int]:
    """Return the figures, None where the listener stopped it, and the number of steps.

    `of`: the run's digest; `about`: what the card tells besides. Raises `TrainingError` where there are too few triads.
    """
    try:
        fold = triad_folds(frozen.judged, n_folds=settings.folds, seed=settings.seed)
    except ValueError as error:
        raise TrainingError(f"{error}.", "Collect more judgements, or choose fewer --folds.") from error
    score: Callable[..., Piece] = partial(_piece, frozen, settings, fold)
    total, tried = len(settings.dimensions) * settings.folds + 1, []
    jobs: dict[str, Callable[[], Piece]] = {}
    for dimension in settings.dimensions:
        jobs |= {_name(dimension, number): partial(score, dimension, number) for number in range(settings.folds)}
        pieces = all_pieces(jobs, folder=folder / "folds", of=of, total=total, listener=listener)
        if pieces is None:
            return None, total
        scores = [piece["accuracy"] for piece in pieces[-settings.folds :]]
        tried.append(held_out(dimension, settings.method, scores))
        listener.point(dimension, "validation", CURVE, tried[-1].accuracy)
    chosen = fewest(tried)
    made = _whole(frozen, settings, chosen)
    shown = made if chosen >= SHOWN else _whole(frozen, settings, SHOWN)
    metrics = _metrics(frozen, tried, made, shown)
    save_map(
        folder, frozen.keys, made.positions, {"of": of, "settings": settings.as_json(), "metrics": metrics, **about}
    )
    return metrics, total


def _name(dimension: int, number: int) -> str:
    return f"dimension-{dimension:03d}-fold-{number:03d}"


def _piece(frozen: Frozen, settings: MapSettings, fold: Numbers, dimension: int, number: int) -> Piece:
    accuracy = fold_accuracy(
        frozen.judged,
        fold == number,
        dimension=dimension,
        method=settings.method,
        starts=min(FOLD_STARTS, settings.starts),
        seed=settings.seed,
    )
    return {"dimension": dimension, "accuracy": accuracy}


def _whole(frozen: Frozen, settings: MapSettings, dimension: int) -> Map:
    return embed(
        frozen.judged,
        dimension=dimension,
        method=settings.method,
        n_clips=len(frozen.keys),
        starts=settings.starts,
        seed=settings.seed,
    )


def _metrics(frozen: Frozen, tried: list[HeldOut], made: Map, shown: Map) -> dict[str, Any]:
    return {
        "tried": [
            {
                "dimension": each.dimension,
                "accuracy": each.accuracy,
                "standard_error": each.standard_error,
                "folds": list(each.folds),
            }
            for each in tried
        ],
        "method": tried[0].method,
        "chosen": made.positions.shape[1],
        "loss": made.loss,
        "clips": len(frozen.keys),
        "triads": frozen.n_triads,
        "judgements": frozen.n_judgements,
        "anchored": frozen.judged.anchored,
        "picture": {
            "clips": list(frozen.keys),
            "tokens": list(frozen.tokens),
            "positions": shown.positions[:, :SHOWN].round(6).tolist(),
        },
        "source": dict(frozen.source),
        "versions": cards.versions(),
    }
