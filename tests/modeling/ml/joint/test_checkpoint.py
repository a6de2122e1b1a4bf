"""What is on disk comes back or is refused, with what and how to mend it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from modeling.ml.joint import baselines, checkpoint
from modeling.ml.joint.errors import CheckpointError, ItemsError
from modeling.ml.joint.items import Split
from modeling.ml.joint.settings import JointSettings
from modeling.ml.joint.training import train

from .planted import changed, planted

SETTINGS = JointSettings(context=("text",), dimension=4, batch=64, epochs=2)


@pytest.fixture
def run(tmp_path):
    items, _ = planted(200, n_dialogues=20)
    return train(items, SETTINGS, tmp_path), tmp_path, items


def test_the_card_says_where_everything_comes_from(run):
    outcome, folder, items = run
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert card["data"]["digest"] == items.digest
    assert card["data"]["sources"] == items.sources
    assert card["data"]["splits"] == {split.name.lower(): len(items.rows(split)) for split in Split}
    assert card["settings"] == json.loads(json.dumps(SETTINGS.as_json()))
    assert [point["epoch"] for point in card["points"]] == [0, 1, 2]
    assert set(card["versions"]) == {"torch", "numpy", "safetensors"}
    assert sorted(path.name for path in folder.iterdir()) == ["card.json", card["tensors"]]
    assert outcome.card == card


def test_a_model_comes_back_for_the_embeddings_it_was_trained_on_only(run):
    outcome, folder, items = run
    model, _ = checkpoint.load_model(folder, sources={"backchannel": "wavlm-1"})
    rows = items.rows(Split.TEST)
    one, other = (baselines.joint_ranks(each, items, rows, ("text",)).rank for each in (model, outcome.model))
    np.testing.assert_array_equal(one, other)
    with pytest.raises(CheckpointError, match="trained on backchannel embeddings wavlm-1, not wavlm-2"):
        checkpoint.load_model(folder, sources={"backchannel": "wavlm-2"})


def test_damage_is_named(run):
    _, folder, _ = run
    path = next(folder.glob("*.safetensors"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"is not the file that card\.json was written with"):
        checkpoint.load_model(folder)
    path.unlink()
    with pytest.raises(CheckpointError, match="cannot be read"):
        checkpoint.load_model(folder)
    (folder / "card.json").write_text('{"format": "bcstudy joint space 0"}')
    with pytest.raises(CheckpointError, match="not of the format"):
        checkpoint.load_model(folder)
    (folder / "card.json").write_text("{")
    with pytest.raises(CheckpointError, match="cannot be read"):
        checkpoint.load_model(folder)


def test_no_checkpoint_no_model(tmp_path):
    with pytest.raises(CheckpointError, match=r"has no card\.json"):
        checkpoint.load_model(tmp_path)


def test_killed_between_tensors_and_card_the_state_before_is_there(run, monkeypatch):
    outcome, folder, items = run

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(checkpoint, "write_json", killed)
        with pytest.raises(KeyboardInterrupt):
            train(items, replace(SETTINGS, epochs=3), folder, resume=True)
    _, card = checkpoint.load_model(folder)
    assert card == outcome.card
    assert train(items, replace(SETTINGS, epochs=3), folder, resume=True).card["epoch"] == 3
    assert len(list(folder.iterdir())) == 2


def test_raw_needs_one_space(run):
    items = run[2]
    with pytest.raises(ItemsError, match="'text' and the backchannels are not in one space"):
        baselines.raw_ranks(items, items.rows(Split.TEST), "text")
    other = changed(items, sources={**items.sources, "audio": "wavlm-2"})
    with pytest.raises(ItemsError, match="'audio' and the backchannels are not in one space"):
        baselines.raw_ranks(other, items.rows(Split.TEST), "audio")
