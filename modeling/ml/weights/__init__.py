"""Trained weights: found on this machine or fetched from the hub, checked, and named by their digest.

Nothing ever stands in for weights that cannot be had (promise 6): every way of not having them is a
`WeightsUnavailableError` that says what was tried, why it failed and what to do. Loads neither torch nor transformers,
so that the answer is quick.
"""

from pathlib import Path

from modeling.ml.weights.folder import Weights, check_folder, check_language_model, check_sentence_encoder
from modeling.ml.weights.hub import fetch, is_folder_name

__all__ = ["Weights", "find_language_model", "find_sentence_encoder", "find_weights", "settled_name"]


def find_weights(name: str, *, model_type: str) -> Weights:
    """Return the weights of a model of transformers' `model_type`, by folder or by name on the hub.

    A hub that does not answer is given up after some seconds. Raises `WeightsUnavailableError`.
    """
    folder = Path(name).expanduser() if is_folder_name(name) else fetch(name)
    return check_folder(folder, model_type=model_type)


def find_language_model(name: str) -> Path:
    """Return the folder of a causal language model and its tokenizer, or of an adapter, by folder or hub name.

    Raises `WeightsUnavailableError`, as `find_weights` does.
    """
    folder = Path(name).expanduser() if is_folder_name(name) else fetch(name, kind="language_model")
    return check_language_model(folder)


def find_sentence_encoder(name: str) -> Path:
    """Return the folder of a sentence encoder as sentence-transformers saves one, by folder or hub name.

    Raises `WeightsUnavailableError`, as `find_weights` does.
    """
    folder = Path(name).expanduser() if is_folder_name(name) else fetch(name, kind="sentences")
    return check_sentence_encoder(folder)


def settled_name(name: str) -> str:
    """Return the name as it means the same from everywhere: a folder by its full path, a hub name as it is."""
    return str(Path(name).expanduser().resolve()) if is_folder_name(name) else name
