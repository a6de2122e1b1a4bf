"""A result on disk: its file and a card (JSON) that holds the file's digest; neither is read without the other."""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from modeling.ml.errors import TrainingError
from modeling.ml.joint.files import write_json

CARD = "card.json"
AGAIN = "Copy the folder again, or fit again under another --name."


def save(folder: Path, *, kind: str, name: str, content: bytes, card: Mapping[str, Any]) -> None:
    """Write the file, then the card that names it."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{name}.unfinished"
    unfinished.write_bytes(content)
    unfinished.replace(folder / name)
    sealed = {"format": kind, **card, "file": name, "sha256": hashlib.sha256(content).hexdigest()}
    write_json(folder / CARD, sealed)


def load(folder: Path, *, kind: str) -> tuple[bytes, dict[str, Any]]:
    """Return file and card. Raises `TrainingError` for another format, or a file that is not the card's."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        if not isinstance(card, dict) or card.get("format") != kind:
            raise TrainingError(f"{folder / CARD} is not of the format {kind!r}.", "Give the folder of such a run.")
        content = (folder / Path(str(card["file"])).name).read_bytes()
    except OSError as error:
        raise TrainingError(f"{error.filename} cannot be read: {error.strerror}.", AGAIN) from error
    except (ValueError, KeyError) as error:
        raise TrainingError(f"{folder / CARD} is damaged: {error}.", AGAIN) from error
    if hashlib.sha256(content).hexdigest() != card.get("sha256"):
        raise TrainingError(f"{folder / card['file']} is not the file that {CARD} was written with.", AGAIN)
    return content, card


def versions() -> dict[str, str]:
    """Return the versions of what computes."""
    return {name: version(name) for name in ("torch", "numpy", "scipy", "safetensors")}
