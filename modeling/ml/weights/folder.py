"""A folder that holds a model as transformers saves it."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from modeling.ml.errors import WeightsUnavailableError

CONFIG = "config.json"
PREPROCESSOR = "preprocessor_config.json"
WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json")
"""Where transformers looks for weights, in this order."""
TOKENIZER = "tokenizer_config.json"
ADAPTER = ("adapter_config.json", "adapter_model.safetensors")
"""What stands for configuration and weights where a folder holds an adapter on another model."""
MODULES = "modules.json"
"""What a sentence encoder is made of, as sentence-transformers writes it."""
COPY_AGAIN = "Copy or download the model again."


@dataclass(frozen=True)
class Weights:
    """A checked folder: its configuration, its preprocessing and the files that hold the weights."""

    folder: Path
    config: dict[str, Any]
    preprocessor: dict[str, Any]
    files: tuple[Path, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over names and contents of the weight files and of the two files that say how to use them."""
        whole = hashlib.sha256()
        for path in (self.folder / CONFIG, self.folder / PREPROCESSOR, *self.files):
            with path.open("rb") as file:
                part = hashlib.file_digest(file, "sha256").hexdigest()
            whole.update(f"{path.name} {part}\n".encode())
        return whole.hexdigest()


def check_folder(folder: Path, *, model_type: str) -> Weights:
    """Return what the folder holds; raises `WeightsUnavailableError` if it is no whole model of that type."""
    if not folder.is_dir():
        raise WeightsUnavailableError(
            f"There is no folder {folder}.", "Give a folder that holds a model, or a model's name on the hub."
        )
    config = _json(folder / CONFIG)
    found = config.get("model_type")
    if found != model_type:
        raise WeightsUnavailableError(
            f"{folder} holds a model of type {found!r}, and {model_type!r} is needed.",
            f"Give the folder of a {model_type} model, or choose the encoder that fits.",
        )
    weights = Weights(folder, config, _json(folder / PREPROCESSOR), weight_files(folder))
    for path in weights.files:
        _check_whole(path)
    return weights


def check_language_model(folder: Path) -> Path:
    """Return the folder if it holds a whole language model (or an adapter) and a tokenizer.

    Raises `WeightsUnavailableError`.
    """
    if not folder.is_dir():
        raise WeightsUnavailableError(
            f"There is no folder {folder}.", "Give a folder that holds a model, or a model's name on the hub."
        )
    if not (folder / TOKENIZER).is_file():
        raise WeightsUnavailableError(
            f"{folder} has no {TOKENIZER}.",
            "Give the folder that `hf download` filled, or `save_pretrained` of model and tokenizer.",
        )
    adapter = all((folder / name).is_file() for name in ADAPTER)
    if not adapter:
        _json(folder / CONFIG)
    for path in [folder / ADAPTER[1]] if adapter else weight_files(folder):
        _check_whole(path)
    return folder


def check_sentence_encoder(folder: Path) -> Path:
    """Return the folder if it holds a sentence encoder with weights; raises `WeightsUnavailableError`."""
    if not (folder / MODULES).is_file():
        raise WeightsUnavailableError(
            f"{folder} has no {MODULES}: it is no sentence encoder.",
            "Give a folder that sentence-transformers has saved, or the name of such a model on the hub.",
        )
    weights = sorted(path for path in folder.rglob("*") if path.name in WEIGHTS or path.suffix == ".safetensors")
    if not weights:
        raise WeightsUnavailableError(f"{folder} holds no weights.", COPY_AGAIN)
    for path in weights:
        _check_whole(path)
    return folder


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WeightsUnavailableError(
            f"{path.parent} has no {path.name}.",
            "Give the folder that `hf download` filled, or `save_pretrained` of model and feature extractor.",
        ) from None
    except (OSError, ValueError) as error:
        raise WeightsUnavailableError(f"{path} cannot be read: {error}.", COPY_AGAIN) from error
    if not isinstance(content, dict):
        raise WeightsUnavailableError(f"{path} does not hold a JSON object.", COPY_AGAIN)
    return content


def weight_files(folder: Path) -> tuple[Path, ...]:
    """Return the files that hold the weights: one, or an index and the parts it names.

    Raises `WeightsUnavailableError` if there are none or not all.
    """
    first = next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)
    if first is None:
        raise WeightsUnavailableError(
            f"{folder} holds no weights: neither {WEIGHTS[0]} nor {WEIGHTS[2]}.",
            "Copy the weights there too, or give another folder.",
        )
    if first.suffix != ".json":
        return (first,)
    names = sorted(set(_json(first).get("weight_map", {}).values()))
    missing = [name for name in names if not (folder / name).is_file()]
    if missing or not names:
        raise WeightsUnavailableError(
            f"{folder} lacks parts of the weights: {', '.join(missing) or 'all'}.", COPY_AGAIN
        )
    return (first, *(folder / name for name in names))


def _check_whole(path: Path) -> None:
    """Raise if the file is empty, or a safetensors file whose header and length do not fit."""
    from safetensors import SafetensorError, safe_open

    try:
        if path.stat().st_size == 0:
            raise WeightsUnavailableError(f"{path} is empty.", COPY_AGAIN)
        if path.suffix == ".safetensors":
            with safe_open(path, framework="np"):
                pass
    except (OSError, SafetensorError) as error:
        raise WeightsUnavailableError(f"{path} is damaged: {error}.", COPY_AGAIN) from error
