"""A tiny saved Llama through the real loading paths."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from modeling.ml.errors import WeightsUnavailableError
from modeling.ml.lm import base
from modeling.ml.lm.base import load_model, load_tokenizer, save_model
from modeling.ml.lm.lora import with_adapters
from modeling.ml.lm.settings import complete


def test_every_saved_tensor_is_in_the_model(tiny_llama: Path) -> None:
    model, _ = load_model(str(tiny_llama))
    saved = load_file(tiny_llama / "model.safetensors")
    state = model.state_dict()
    assert saved.keys() <= state.keys()
    assert all(torch.equal(tensor, state[name]) for name, tensor in saved.items())


def test_a_marker_becomes_one_token_that_begins_as_the_mean_of_its_pieces(tiny_llama: Path) -> None:
    plain = load_tokenizer(tiny_llama)
    pieces = plain("<A>", add_special_tokens=False)["input_ids"]
    assert len(pieces) == 3
    model, tokenizer = load_model(str(tiny_llama), markers=["<A>", "<B>"])
    encoded = tokenizer("so <A> mhm", add_special_tokens=False)["input_ids"]
    (marker,) = tokenizer("<A>", add_special_tokens=False)["input_ids"]
    assert encoded == [*plain("so")["input_ids"], marker, *plain(" mhm")["input_ids"]]
    rows = model.get_input_embeddings().weight
    torch.testing.assert_close(rows[marker], rows[pieces].mean(0))
    assert model.get_output_embeddings().weight is rows  # still one table


def test_lora_trains_adapters_and_the_rows_of_new_markers_only(tiny_llama: Path) -> None:
    model, tokenizer = load_model(str(tiny_llama), markers=["<A>", "<B>"])
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    new = [len(tokenizer) - 2, len(tokenizer) - 1]
    adapted = with_adapters(model, complete({"base": "x", "rank": 4}), new)
    names = [name for name, parameter in adapted.named_parameters() if parameter.requires_grad]
    assert names
    assert all("lora_" in name or "trainable_tokens_delta" in name for name in names)
    for projection in ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"):
        assert sum(projection in name for name in names) == 4  # two matrices in each of two layers
    tokens = torch.tensor([[5, new[0], 7, new[1], 9]])
    optimizer = torch.optim.SGD([p for p in adapted.parameters() if p.requires_grad], lr=1.0)
    for _ in range(2):
        adapted(input_ids=tokens, labels=tokens).loss.backward()
        optimizer.step()
    after = {
        name.removeprefix("base_model.model.").replace("base_layer.", ""): t for name, t in adapted.state_dict().items()
    }
    shared = [name for name in before if name in after]
    assert len(shared) > 15
    assert all(torch.equal(before[name], after[name]) for name in shared)


@pytest.fixture
def copied(tiny_llama: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_llama, tmp_path / "copy"))


def test_an_adapter_is_loaded_with_the_model_it_was_trained_on(tiny_llama: Path, tmp_path: Path) -> None:
    model, tokenizer = load_model(str(tiny_llama), markers=["<A>", "<B>"])
    adapted = with_adapters(model, complete({"base": "x", "rank": 4}), [len(tokenizer) - 2, len(tokenizer) - 1])
    for name, parameter in adapted.named_parameters():
        if parameter.requires_grad:
            torch.manual_seed(len(name))
            parameter.data = torch.randn_like(parameter) * 0.2
    tokens = tokenizer("<A> i think of rain / <B> wow", return_tensors="pt")["input_ids"]
    expected = adapted.eval()(input_ids=tokens).logits
    save_model(adapted, tokenizer, tmp_path / "adapter", base=str(tiny_llama))
    assert not any(
        "embed_tokens.weight" in name for name in load_file(tmp_path / "adapter" / "adapter_model.safetensors")
    )
    again, words = load_model(str(tmp_path / "adapter"))
    assert len(words) == len(tokenizer)
    torch.testing.assert_close(again.eval()(input_ids=tokens).logits, expected, atol=1e-4, rtol=1e-4)


def test_a_folder_that_lacks_a_tensor_is_refused(copied: Path) -> None:
    tensors = load_file(copied / "model.safetensors")
    tensors.pop("model.layers.1.mlp.up_proj.weight")
    save_file(tensors, copied / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(WeightsUnavailableError, match=r"lacks 1 tensors, such as model.layers.1.mlp.up_proj.weight"):
        load_model(str(copied))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: (f / "tokenizer_config.json").unlink(), "has no tokenizer_config.json"),
        (lambda f: (f / "model.safetensors").write_bytes(b"{}"), "is damaged"),
        (lambda f: (f / "model.safetensors").unlink(), "holds no weights"),
        (lambda f: (f / "config.json").write_text("{"), "cannot be read"),
    ],
)
def test_a_folder_that_is_no_whole_model_is_refused_with_the_reason(copied: Path, spoil: Any, message: str) -> None:
    spoil(copied)
    with pytest.raises(WeightsUnavailableError, match=message):
        load_model(str(copied))


def test_a_name_that_no_hub_gives_says_how_to_bring_the_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(WeightsUnavailableError) as raised:
        load_model("meta/llama-none")
    assert "hf download meta/llama-none --local-dir FOLDER" in raised.value.advice


def test_the_digest_tells_weights_and_tokenizers_apart(copied: Path, tiny_llama: Path) -> None:
    assert base.digest(str(copied)) == base.digest(str(tiny_llama))
    about = json.loads((copied / "tokenizer.json").read_text())
    (copied / "tokenizer.json").write_text(json.dumps(about | {"version": "2.0"}))
    assert base.digest(str(copied)) != base.digest(str(tiny_llama))
