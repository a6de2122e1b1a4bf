"""Weights that cannot be had: each way says what was tried, why it failed and what to do, soon; nothing stands in."""

import json
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from modeling.ml.encoders import check_settings, load_encoder
from modeling.ml.errors import WeightsUnavailableError
from modeling.ml.wavlm.loading import load_wavlm
from modeling.ml.weights import find_weights, hub
from modeling.ml.weights.folder import Weights
from tests.modeling.fake_hub import NAME, hub_serving, silent_server

TINY = Callable[..., Path]


def found(name: str | Path) -> Weights:
    return find_weights(str(name), model_type="wavlm")


@pytest.fixture
def copy(tiny_wavlm: TINY, tmp_path: Path) -> Path:
    """A copy of the tiny model to damage."""
    return Path(shutil.copytree(tiny_wavlm(), tmp_path / "copy"))


@pytest.fixture
def at_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Point the client of the hub at an address, with an empty cache."""

    def point(address: str) -> None:
        monkeypatch.setenv("HF_ENDPOINT", address)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))

    return point


class TestFolders:
    def test_a_whole_folder_is_named_by_what_is_in_it(self, tiny_wavlm: TINY, copy: Path) -> None:
        assert found(copy).digest == found(tiny_wavlm()).digest
        assert len(found(copy).digest) == 64
        assert found(tiny_wavlm("base", seed=1)).digest != found(copy).digest

    def test_other_preprocessing_is_another_model(self, copy: Path) -> None:
        before = found(copy).digest
        (copy / "preprocessor_config.json").write_text('{"do_normalize": true}')
        assert found(copy).digest != before

    def test_no_such_folder(self, tmp_path: Path) -> None:
        with pytest.raises(WeightsUnavailableError, match=r"There is no folder .*absent"):
            found(tmp_path / "absent")

    @pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json"])
    def test_a_description_is_missing_or_no_json(self, copy: Path, name: str) -> None:
        (copy / name).write_text("{")
        with pytest.raises(WeightsUnavailableError, match=f"{name} cannot be read"):
            found(copy)
        (copy / name).unlink()
        with pytest.raises(WeightsUnavailableError, match=f"has no {name}"):
            found(copy)

    def test_no_weights_in_it(self, copy: Path) -> None:
        (copy / "model.safetensors").unlink()
        with pytest.raises(WeightsUnavailableError, match="holds no weights"):
            found(copy)

    @pytest.mark.parametrize("keep", [0, 4, 100, 5000])
    def test_a_file_that_was_cut(self, copy: Path, keep: int) -> None:
        path = copy / "model.safetensors"
        path.write_bytes(path.read_bytes()[:keep])
        with pytest.raises(WeightsUnavailableError, match=r"model\.safetensors is (empty|damaged)"):
            found(copy)

    def test_another_type_of_model(self, copy: Path) -> None:
        (copy / "config.json").write_text(json.dumps({"model_type": "hubert"}))
        with pytest.raises(WeightsUnavailableError, match="of type 'hubert', and 'wavlm' is needed"):
            found(copy)

    def test_parts_that_the_index_names_are_missing(self, copy: Path) -> None:
        (copy / "model.safetensors").unlink()
        index = {"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}
        (copy / "model.safetensors.index.json").write_text(json.dumps(index))
        with pytest.raises(WeightsUnavailableError, match="lacks parts of the weights: model-1-of-2"):
            found(copy)

    def test_a_pickle_of_weights_is_loaded_too(self, copy: Path) -> None:
        path = copy / "model.safetensors"
        torch.save(load_file(path), copy / "pytorch_model.bin")
        path.unlink()
        assert load_wavlm(found(copy)).config.hidden_size == 32

    def test_a_pickle_that_is_none(self, copy: Path) -> None:
        (copy / "model.safetensors").unlink()
        (copy / "pytorch_model.bin").write_bytes(b"no pickle at all")
        with pytest.raises(WeightsUnavailableError, match="cannot be loaded"):
            load_wavlm(found(copy))


class TestNoRandomWeights:
    @pytest.mark.parametrize(
        "missing", ["encoder.layers.2.feed_forward.output_dense.weight", "feature_projection.layer_norm.bias"]
    )
    def test_a_missing_weight_is_refused(self, copy: Path, missing: str) -> None:
        path = copy / "model.safetensors"
        tensors = load_file(path)
        del tensors[missing]
        save_file(tensors, path, metadata={"format": "pt"})
        with pytest.raises(WeightsUnavailableError, match=f"lack {missing}; random ones will not stand in"):
            load_wavlm(found(copy))

    def test_a_weight_of_another_shape_is_refused(self, copy: Path) -> None:
        path = copy / "model.safetensors"
        tensors = load_file(path)
        tensors["feature_projection.projection.bias"] = torch.zeros(7)
        save_file(tensors, path, metadata={"format": "pt"})
        with pytest.raises(WeightsUnavailableError):
            load_wavlm(found(copy))

    def test_a_configuration_with_more_layers_than_there_are_weights_is_refused(self, copy: Path) -> None:
        config = json.loads((copy / "config.json").read_text())
        (copy / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 4}))
        with pytest.raises(WeightsUnavailableError, match=r"lack encoder\.layers\.3"):
            load_wavlm(found(copy))

    def test_what_only_training_needs_may_be_missing(self, copy: Path) -> None:
        path = copy / "model.safetensors"
        tensors = load_file(path)
        del tensors["masked_spec_embed"]
        save_file(tensors, path, metadata={"format": "pt"})
        assert load_wavlm(found(copy)).config.hidden_size == 32


class TestHub:
    def test_a_model_is_fetched_and_then_kept(self, tiny_wavlm: TINY, at_hub: Callable[[str], None]) -> None:
        with hub_serving(tiny_wavlm()) as address:
            at_hub(address)
            digest = found(NAME).digest
        assert digest == found(tiny_wavlm()).digest
        # The hub is gone now: the cache serves.
        assert found(NAME).digest == digest
        encoder = load_encoder("wavlm", check_settings("wavlm", {"weights": NAME, "layer": 1}))
        assert encoder.weights_digest == digest

    def test_nobody_listens(self, at_hub: Callable[[str], None]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{probe.getsockname()[1]}"
        at_hub(address)
        with pytest.raises(WeightsUnavailableError, match=f"hub {address} cannot be reached .*refused") as error:
            found(NAME)
        assert "hf download lab/tiny" in error.value.advice
        assert "HF_HOME" in error.value.advice

    def test_a_hub_that_never_answers_is_given_up(
        self, at_hub: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert hub.SILENCE_S <= 12
        monkeypatch.setattr(hub, "SILENCE_S", 4.0)
        with silent_server() as address:
            at_hub(address)
            with pytest.raises(WeightsUnavailableError, match=r"does not answer \(4 s of silence"):
                found(NAME)

    def test_a_download_that_stalls_is_given_up(
        self, tiny_wavlm: TINY, at_hub: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hub, "SILENCE_S", 4.0)
        with hub_serving(tiny_wavlm(), stalls_in="model.safetensors") as address:
            at_hub(address)
            with pytest.raises(WeightsUnavailableError, match="does not answer"):
                found(NAME)

    @pytest.mark.parametrize(("status", "said"), [(404, "has no model of that name"), (403, "cannot be reached")])
    def test_a_hub_that_says_no(self, tiny_wavlm: TINY, at_hub: Callable[[str], None], status: int, said: str) -> None:
        with hub_serving(tiny_wavlm(), status=status) as address:
            at_hub(address)
            with pytest.raises(WeightsUnavailableError, match=said):
                found(NAME)

    def test_a_name_that_no_hub_could_have(self) -> None:
        with pytest.raises(WeightsUnavailableError, match="can have no model of that name"):
            found("no model?")
