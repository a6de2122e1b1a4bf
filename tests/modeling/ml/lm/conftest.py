"""A tiny Llama, made and saved as real ones are."""

from pathlib import Path
from typing import Any

import pytest
import torch

from modeling.ml.lm import scratch
from modeling.ml.lm.base import load_model
from tests.modeling.ml.lm.talk import Talk


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a Llama of 2 layers with seeded weights; its tokenizer knows no speakers' tags."""
    folder = tmp_path_factory.mktemp("tiny-llama")
    tokenizer = scratch.train_tokenizer((d.text for d in Talk().documents("train")), markers=[], size="tiny")
    model = scratch.make_model(tokenizer, size="tiny", seed=3)
    for parameter in model.parameters():  # so that contexts are told apart clearly
        parameter.data *= 4 if parameter.ndim == 2 else 1
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def loaded(tiny_llama: Path) -> tuple[Any, Any]:
    """Model and tokenizer, with the speakers' tags as tokens."""
    model, tokenizer = load_model(str(tiny_llama), markers=["<A>", "<B>"])
    return model.eval(), tokenizer
