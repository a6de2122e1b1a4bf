"""Low-rank adapters on attention and MLP projections (Hu et al. 2021), with rows of their own for new markers."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from modeling.ml.lm.settings import Settings


def four_bit_possible() -> bool:
    """Tell whether weights of 4 bits can be had: a GPU with CUDA, and bitsandbytes installed."""
    import importlib.util

    import torch

    return torch.cuda.is_available() and importlib.util.find_spec("bitsandbytes") is not None


def with_adapters(model: Any, settings: Settings, new_tokens: Sequence[int] = ()) -> Any:
    """Return the model with adapters; only they, and the rows of `new_tokens`, are trained."""
    import torch
    from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

    if getattr(model, "is_loaded_in_4bit", False):
        with old_name_allowed():
            # As torch advises; the reentrant kind, its default, has failed with several processes in some versions.
            model = prepare_model_for_kbit_training(model, gradient_checkpointing_kwargs={"use_reentrant": False})
    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules="all-linear",  # every projection of attention and MLP; never the output layer
        trainable_token_indices=_rows(model, new_tokens),
    )
    with torch.random.fork_rng(), old_name_allowed():
        torch.manual_seed(settings.seed)
        return get_peft_model(model, config)


@contextmanager
def old_name_allowed() -> Iterator[None]:
    """Keep quiet about names that peft reads and transformers is about to give up."""
    with warnings.catch_warnings():
        for name in ("is_gradient_checkpointing", "gradient_checkpointing_enable"):
            warnings.filterwarnings("ignore", message=f"`{name}` is deprecated", category=FutureWarning)
        yield


def _rows(model: Any, new_tokens: Sequence[int]) -> dict[str, list[int]] | None:
    """Return which rows of which layers are trained: of both ends where they do not share one table."""
    if not new_tokens:
        return None
    ends = [model.get_input_embeddings()]
    if model.get_output_embeddings() is not None and model.get_output_embeddings().weight is not ends[0].weight:
        ends.append(model.get_output_embeddings())
    names = {id(module): name.rpartition(".")[2] for name, module in model.named_modules()}
    return {names[id(end)]: list(new_tokens) for end in ends}
