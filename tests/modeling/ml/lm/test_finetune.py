"""Fine-tuning as a whole on a small corpus with a planted rule; stopping and going on."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import load_file

from modeling.ml.errors import TrainingError
from modeling.ml.lm import training
from modeling.ml.lm.base import load_model
from modeling.ml.lm.finetune import finetune
from modeling.ml.lm.perplexity import backchannel_perplexity
from modeling.ml.lm.settings import Settings, complete
from tests.modeling.ml.lm.listening import Heard
from tests.modeling.ml.lm.talk import TOPICS, Talk


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], Heard]:
    """A tiny model from scratch, trained until it knows the rule."""
    folder, heard = tmp_path_factory.mktemp("planted"), Heard()
    settings = complete({"scratch": "tiny", "epochs": 20, "lr": 5e-3, "batch": 4, "micro": 4, "precision": "float32"})
    metrics = finetune(Talk(), settings, folder, heard).metrics
    assert metrics is not None
    return folder, metrics, heard


def test_five_turns_tell_what_three_do_not(planted: tuple[Path, dict[str, Any], Heard]) -> None:
    _, metrics, _ = planted
    after = metrics["after"]["backchannel"]
    # What decides is five turns back; without it four backchannels are alike.
    assert after["5"] < 1.6
    assert after["3"] > 2.5
    assert after["1"] > 2.5
    assert metrics["before"]["backchannel"]["5"] > 100
    assert metrics["after"]["all_tokens"] < metrics["before"]["all_tokens"] / 20
    assert metrics["frequency"]["backchannel forms"] == pytest.approx(len(TOPICS), rel=0.15)


def test_the_curves_fall_and_end_at_the_last_step(planted: tuple[Path, dict[str, Any], Heard]) -> None:
    _, metrics, heard = planted
    for split in ("train", "validation"):
        curve = heard.curve(split, "loss")
        assert curve[-1] < curve[0] / 3
    assert heard.points[-1][0] == heard.steps[-1].step == metrics["steps"]
    assert heard.steps[-1].seconds_left == 0
    assert heard.said == ["Perplexity before training", "Training", "Perplexity after training"]


def test_what_is_kept_is_what_was_judged(planted: tuple[Path, dict[str, Any], Heard]) -> None:
    folder, metrics, _ = planted
    model, tokenizer = load_model(str(folder / "model"))
    again = backchannel_perplexity(model, tokenizer, Talk().items("test"), turns=5)
    assert again.value == pytest.approx(metrics["after"]["backchannel"]["5"], rel=1e-4)
    card = json.loads((folder / "model" / "card.json").read_text())
    assert card["metrics"] == metrics
    assert card["settings"]["scratch"] == "tiny"
    assert metrics["model"] == "scratch-tiny"
    assert metrics["parameters"]["trained"] == metrics["parameters"]["all"]


SHORT = {"epochs": 3, "batch": 4, "micro": 2, "block": 64, "precision": "float32"}


def last_weights(folder: Path) -> dict[str, Any]:
    return load_file(max((folder / "checkpoints").iterdir()) / "model.safetensors")


@pytest.mark.parametrize("way", ["scratch", "lora", "full"])
def test_a_stopped_run_that_goes_on_ends_as_one_that_was_not_stopped(
    way: str, tiny_llama: Path, tmp_path: Path
) -> None:
    source = {"scratch": "tiny"} if way == "scratch" else {"base": str(tiny_llama), "full": way == "full"}
    settings = complete(SHORT | source | {"dropout": 0.3, "rank": 4})
    texts = Talk(size=12)
    whole, first, second = Heard(), Heard(stop_at=5), Heard()
    finished = finetune(texts, settings, tmp_path / "whole", whole)
    stopped = finetune(texts, settings, tmp_path / "halves", first)
    assert stopped.metrics is None
    assert (stopped.step, first.saves) == (5, [5])
    assert stopped.total == finished.total > 8
    resumed = finetune(texts, settings, tmp_path / "halves", second)
    assert [each.step for each in second.steps] == list(range(6, finished.total + 1))
    expected, found = last_weights(tmp_path / "whole"), last_weights(tmp_path / "halves")
    assert expected.keys() == found.keys()
    assert all(bool((expected[name] == found[name]).all()) for name in expected)
    assert resumed.metrics == finished.metrics
    assert [each.loss for each in first.steps + second.steps] == [each.loss for each in whole.steps]


def test_a_damaged_checkpoint_gives_way_to_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, texts = complete(SHORT | {"scratch": "tiny"}), Talk(size=12)
    monkeypatch.setattr(training, "SAVE_EVERY_S", 0.0)
    finetune(texts, settings, tmp_path, Heard(stop_at=6))
    places = sorted((tmp_path / "checkpoints").iterdir())
    assert [place.name for place in places] == ["step-00000005", "step-00000006"]
    (places[1] / "optimizer.safetensors").write_bytes(b"half")
    heard = Heard()
    finetune(texts, settings, tmp_path, heard)
    assert heard.steps[0].step == 6


def test_a_checkpoint_of_other_settings_is_refused(tmp_path: Path) -> None:
    texts = Talk(size=12)
    finetune(texts, complete(SHORT | {"scratch": "tiny"}), tmp_path, Heard(stop_at=2))
    with pytest.raises(TrainingError, match="belongs to a run with other settings"):
        finetune(texts, complete(SHORT | {"scratch": "tiny", "lr": 0.5}), tmp_path, Heard())


def test_every_block_is_seen_once_an_epoch() -> None:
    settings = complete({"scratch": "tiny", "epochs": 3, "batch": 4})
    seen = np.concatenate([training._order(10, settings, step) for step in range(training.total_steps(10, settings))])
    assert len(seen) == 32
    for epoch in range(3):
        assert sorted(seen[epoch * 10 : epoch * 10 + 10]) == list(range(10))
    assert seen[:10].tolist() != seen[10:20].tolist()


def test_micro_batches_add_up_to_the_batch(tiny_llama: Path, tmp_path: Path) -> None:
    weights = []
    for micro in (1, 4):
        settings = complete(SHORT | {"base": str(tiny_llama), "full": True, "epochs": 1, "micro": micro})
        finetune(Talk(size=12), settings, tmp_path / str(micro), Heard(stop_at=3))
        weights.append(last_weights(tmp_path / str(micro)))
    for name, one in weights[0].items():
        np.testing.assert_allclose(one, weights[1][name], atol=2e-5)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({}, "either a base"),
        ({"base": "x", "scratch": "small"}, "either a base"),
        ({"scratch": "large"}, "small and tiny"),
        ({"scratch": "tiny", "full": True}, "always trained in full"),
        ({"scratch": "tiny", "turns": [0]}, "whole numbers from 1"),
        ({"scratch": "tiny", "lr": 0}, "above 0"),
        ({"scratch": "tiny", "lrr": 1}, "no setting lrr"),
        ({"scratch": "tiny", "precision": "float16"}, "precision is one of"),
    ],
)
def test_settings_that_cannot_be_are_refused(raw: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        complete(raw)


def test_lora_has_the_published_defaults() -> None:
    settings = complete({"base": "some/model"})
    assert (settings.rank, settings.alpha, settings.dropout, settings.lr) == (32, 64, 0.05, 2e-4)
    assert (settings.warmup, settings.block, settings.turns) == (0.03, 1024, (1, 3, 5))
    assert isinstance(settings, Settings)
    assert math.isclose(training.rate(0, 1000, settings.warmup), 1 / 30)
