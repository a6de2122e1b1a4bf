"""Load a `WavLMModel` from a checked folder, every weight of it or none."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from modeling.ml.errors import WeightsUnavailableError
from modeling.ml.weights.folder import COPY_AGAIN, Weights

ONLY_FOR_TRAINING = {"masked_spec_embed"}
"""Weights that no embedding depends on."""


def load_wavlm(weights: Weights) -> Any:
    """Return the model in float32, ready for inference.

    Raises `WeightsUnavailableError` if the files cannot be read or lack a weight that the configuration calls for:
    transformers would draw such a weight at random.
    """
    from transformers import WavLMModel

    try:
        with _quiet_transformers():
            model, found = WavLMModel.from_pretrained(
                weights.folder, dtype=torch.float32, local_files_only=True, output_loading_info=True
            )
    # Unpickling and safetensors have errors of many classes; every one of them means that the files are no good.
    except Exception as error:
        line = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise WeightsUnavailableError(
            f"The weights in {weights.folder} cannot be loaded: {line}", COPY_AGAIN
        ) from error
    lacking = sorted(set(found["missing_keys"]) - ONLY_FOR_TRAINING)
    misfits = sorted(str(each) for each in found["mismatched_keys"])
    if lacking or misfits:
        raise _incomplete(weights, lacking or misfits, "lack" if lacking else "have in another shape")
    return model.eval().requires_grad_(False)


def _incomplete(weights: Weights, names: list[str], verb: str) -> WeightsUnavailableError:
    some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return WeightsUnavailableError(
        f"The weights in {weights.folder} {verb} {some}; random ones will not stand in.",
        "Give the folder of a whole WavLM model, with the config.json that belongs to its weights.",
    )


@contextmanager
def _quiet_transformers() -> Iterator[None]:
    """Keep transformers' progress bar and reports out of the log; what matters in them is checked here."""
    from transformers.utils import logging as reports

    level, shown = reports.get_verbosity(), reports.is_progress_bar_enabled()
    reports.set_verbosity(logging.CRITICAL)
    reports.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        reports.set_verbosity(level)
        if shown:
            reports.enable_progress_bar()
