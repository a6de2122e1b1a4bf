"""A fitted transform on disk: `transform.safetensors` and its card."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from modeling.ml.alignment.transform import Transform
from modeling.ml.errors import TrainingError
from modeling.ml.judgements import cards

FORMAT = "bcstudy fitted transform 1"
FILE = "transform.safetensors"


def save_transform(folder: Path, transform: Transform, card: Mapping[str, Any]) -> None:
    """Write the transform with a card that says that, and to what, it was fitted."""
    content = save_tensors({"change": np.ascontiguousarray(transform.change)})
    told = {"temperature": transform.temperature, "rank": transform.rank, "strength": transform.strength}
    cards.save(folder, kind=FORMAT, name=FILE, content=content, card={"fitted": True, **told, **card})


def load_transform(folder: Path, *, embedding: str | None = None) -> tuple[Transform, dict[str, Any]]:
    """Return the transform and its card.

    `embedding`: the digest of the run whose vectors it shall transform. Raises `TrainingError` where it was fitted to
    others, or the files are not those that were written.
    """
    content, card = cards.load(folder, kind=FORMAT)
    if embedding not in (None, card["settings"]["embedding"]):
        raise TrainingError(
            f"{folder} was fitted to the embedding run {card['settings']['embedding'][:12]}, not {embedding[:12]}.",
            "Transform vectors of the run it was fitted to, or fit a transform to these.",
        )
    change = load_tensors(content)["change"]
    return Transform(change, card["temperature"], card["rank"], card["strength"]), card
