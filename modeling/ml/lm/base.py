"""Causal language models by name or folder, whole or as an adapter on another; markers become tokens of theirs."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from modeling.ml.errors import TrainingError, WeightsUnavailableError
from modeling.ml.lm.lora import old_name_allowed
from modeling.ml.weights import find_language_model

ADAPTER = "adapter_config.json"
CARD = "card.json"


def load_tokenizer(folder: Path, markers: Iterable[str] = ()) -> Any:
    """Return the tokenizer of a folder; a marker that it would cut into pieces becomes a token.

    Raises `TrainingError`.
    """
    from tokenizers import AddedToken
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"{folder} holds no usable tokenizer: {error}", "Copy the model's tokenizer files too."
        ) from error
    if tokenizer.eos_token_id is None:
        raise TrainingError(f"The tokenizer in {folder} has no end token.", "Give a causal language model's folder.")
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    split = [marker for marker in markers if len(tokenizer(marker, add_special_tokens=False)["input_ids"]) > 1]
    tokenizer.add_tokens([AddedToken(marker, lstrip=True, normalized=False) for marker in split])
    return tokenizer


def load_model(
    name: str, *, markers: Iterable[str] = (), dtype: str = "float32", four_bit: bool = False
) -> tuple[Any, Any]:
    """Return model and tokenizer of a causal language model, or of an adapter merged into the model it was trained on.

    Raises `WeightsUnavailableError` where they cannot be had and `TrainingError` where they do not fit.
    """
    from transformers.utils import logging

    logging.disable_progress_bar()  # bars of its own would cross the line that shows the run
    folder = find_language_model(name)
    tokenizer = load_tokenizer(folder, markers)
    if (folder / ADAPTER).is_file():
        return _with_adapter(folder, tokenizer, dtype), tokenizer
    model = _load_whole(folder, dtype, four_bit)
    give_rows(model, tokenizer, load_tokenizer(folder))
    return model, tokenizer


def give_rows(model: Any, tokenizer: Any, plain: Any) -> list[int]:
    """Give every token that `plain` (the tokenizer as it came) lacks a row; return their ids.

    A new row starts as the mean of the rows of the pieces that the marker was cut into before, so that the model
    begins with what it knows of them and the start depends on no chance.
    """
    import torch

    new = list(range(len(plain), len(tokenizer)))
    if not new:
        return new
    if model.get_input_embeddings().weight.shape[0] < len(tokenizer):
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    layers = {
        id(layer.weight): layer for layer in (model.get_input_embeddings(), model.get_output_embeddings()) if layer
    }
    with torch.no_grad():
        for token in new:
            pieces = plain(tokenizer.convert_ids_to_tokens(token), add_special_tokens=False)["input_ids"]
            for layer in layers.values():
                layer.weight[token] = layer.weight[pieces].mean(0)
    return new


def _load_whole(folder: Path, dtype: str, four_bit: bool) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    options: dict[str, Any] = {"dtype": getattr(torch, dtype), "local_files_only": True, "output_loading_info": True}
    if four_bit:
        options |= _four_bits(getattr(torch, dtype))
    try:
        model, info = AutoModelForCausalLM.from_pretrained(str(folder), **options)
    except (OSError, ValueError, RuntimeError) as error:
        raise WeightsUnavailableError(
            f"{folder} cannot be loaded as a causal language model: {error}", "Give another folder, or copy it again."
        ) from error
    missing = sorted(info["missing_keys"])
    if missing:
        raise WeightsUnavailableError(
            f"{folder} lacks {len(missing)} tensors, such as {missing[0]}.", "Copy or download the model again."
        )
    return model


def _four_bits(compute: Any) -> dict[str, Any]:
    """Return the options of QLoRA (Dettmers et al. 2023): weights of 4 bits, normal float, doubly quantised.

    They are multiplied as numbers of the type `compute`. All of the model goes to the GPU of this process, of which
    each that accelerate launches has another.
    """
    import torch
    from transformers import BitsAndBytesConfig

    config = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=compute,
    )
    return {"quantization_config": config, "device_map": {"": torch.cuda.current_device()}}


def _with_adapter(folder: Path, tokenizer: Any, dtype: str) -> Any:
    from peft import PeftModel

    base = json.loads((folder / ADAPTER).read_text(encoding="utf-8"))["base_model_name_or_path"]
    model, _ = load_model(base, dtype=dtype)
    if model.get_input_embeddings().weight.shape[0] < len(tokenizer):
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with old_name_allowed():
        return PeftModel.from_pretrained(model, str(folder)).merge_and_unload()


def save_model(model: Any, tokenizer: Any, folder: Path, *, base: str = "") -> None:
    """Save model and tokenizer as transformers does; of an adapted model the adapters and the name of its `base`."""
    if hasattr(model, "peft_config"):
        model.peft_config["default"].base_model_name_or_path = base
        # The rows of new markers are saved with the adapters; the tables they belong to are the base's.
        model.save_pretrained(str(folder), save_embedding_layers=False)
    else:
        model.save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))


def digest(name: str) -> str:
    """Return the SHA-256 over the files that a model's name or folder stands for, its tokenizer's included."""
    whole = hashlib.sha256()
    folder = find_language_model(name)
    for path in sorted(folder.iterdir()):
        if path.suffix in (".json", ".safetensors", ".bin", ".model", ".txt") and path.name != CARD:
            with path.open("rb") as file:
                whole.update(f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()
