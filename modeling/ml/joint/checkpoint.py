"""A run on disk: a card (JSON) that says everything, and the tensors (safetensors) of the last epoch it names.

The tensors of an epoch are a file of their own, written whole before the card names it; the one before is removed
after that. So a process killed at any point leaves a card and the tensors that belong to it.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from torch import Tensor

from modeling.ml.joint.errors import CheckpointError
from modeling.ml.joint.files import write_json
from modeling.ml.joint.projections import JointModel
from modeling.ml.joint.settings import MAY_CHANGE

FORMAT = "bcstudy joint space 1"
CARD = "card.json"
AGAIN = "Train again into another folder, or copy the checkpoint again."


def save(folder: Path, card: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
    """Write tensors and card; a reader finds the state before or this one."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"epoch-{card['epoch']:04d}.safetensors"
    unfinished = path.with_name(f"{path.name}.unfinished")
    save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, unfinished)
    with unfinished.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    unfinished.replace(path)
    write_json(folder / CARD, {"format": FORMAT, **card, "tensors": path.name, "tensors_sha256": digest})
    for old in folder.glob("epoch-*.safetensors*"):
        if old.name != path.name:
            old.unlink()


def exists(folder: Path) -> bool:
    """Whether the folder holds a checkpoint."""
    return (folder / CARD).is_file()


def read_card(folder: Path) -> dict[str, Any]:
    """Return the card. Raises `CheckpointError` where there is none of this format."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{folder} has no {CARD}.", "Give the folder that training wrote.") from None
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{folder / CARD} cannot be read: {error}.", AGAIN) from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise CheckpointError(f"{folder / CARD} is not of the format {FORMAT!r}.", "Train again with this version.")
    return card


def read_tensors(folder: Path, card: Mapping[str, Any]) -> dict[str, Tensor]:
    """Return the tensors that the card names. Raises `CheckpointError` if they are not the ones it was written with."""
    from safetensors.torch import load

    path = folder / str(card["tensors"])
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error}.", AGAIN) from error
    if hashlib.sha256(content).hexdigest() != card["tensors_sha256"]:
        raise CheckpointError(f"{path} is not the file that {CARD} was written with.", AGAIN)
    return load(content)


def load_model(folder: Path, *, sources: Mapping[str, str] | None = None) -> tuple[JointModel, dict[str, Any]]:
    """Return the model of the best epoch, and the card.

    `sources`: digests of the embedding runs that it shall project, by the names of `Items.sources`. Raises
    `CheckpointError` where the model was trained on others.
    """
    card = read_card(folder)
    for name, digest in (sources or {}).items():
        trained = card["data"]["sources"].get(name)
        if trained != digest:
            raise CheckpointError(
                f"{folder} was trained on {name} embeddings {trained}, not {digest}.",
                "Project embeddings of the run it was trained on, or train a space for these.",
            )
    model = JointModel(**card["model"])
    tensors = read_tensors(folder, card)
    model.load_state_dict(part(tensors, "best."))
    return model, card


def part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose names begin so, without that beginning."""
    return {name.removeprefix(prefix): one for name, one in tensors.items() if name.startswith(prefix)}


def check_resumable(folder: Path, card: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise `CheckpointError` if data or settings of the run on disk are not those `wanted` (a card's own)."""
    if card["data"]["digest"] != wanted["data"]["digest"]:
        raise CheckpointError(
            f"{folder} was trained on the items {card['data']['digest'][:12]}, not {wanted['data']['digest'][:12]}.",
            "Resume with the items it began with, or train into another folder.",
        )
    had, asked = card["settings"], wanted["settings"]
    other = [name for name in asked if name not in MAY_CHANGE and had.get(name) != asked[name]]
    if other:
        changes = ", ".join(f"{name} was {had.get(name)!r} and is {asked[name]!r}" for name in other)
        raise CheckpointError(
            f"{folder} was begun with other settings: {changes}.", "Resume with the same, or train into another folder."
        )


def versions() -> dict[str, str]:
    """Return the versions of what computes."""
    return {name: version(name) for name in ("torch", "numpy", "safetensors")}
