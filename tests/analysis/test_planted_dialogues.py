"""Planted truth from recordings and transcripts to the table: who may know what the fitting backchannel is."""

import csv
import json
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from django.core.management import call_command

from corpus.models import Corpus
from modeling.ml.encoders import check_settings, load_encoder
from modeling.ml.encoders.base import About
from modeling.ml.errors import EncoderError
from modeling.ml.joint.checkpoint import load_model
from modeling.ml.joint.items import Split
from modeling.ml.joint.project import project
from modeling.ml.similarity import cosine_similarities, odd_slots
from modeling.models import TrainingRun
from modeling.queries.dialogues import extraction_by_digest
from modeling.services.training.doing import train_run
from modeling.services.training.joining.items import items_of_run
from modeling.services.training.runs import request_training
from modeling.services.training.vectors.reading import contents_of
from modeling.services.training.vectors.settings import VectorSettings
from tests.analysis.heard_study import load_heard_study
from tests.modeling.training.planted_dialogues import planted_corpus

LM = {"scratch": "tiny", "epochs": 25, "lr": 3e-3, "batch": 4, "micro": 4, "block": 64, "precision": "float32"}
WORDS = (
    "planted --encoder spectral --lm latest --context-seconds 0.25 --here "
    "--set dimension=16 batch=128 epochs=30 patience=30 learning_rate=0.01 weight_decay=0.001"
)
ASKED = WORDS.split()


def command(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_only_who_reads_five_turns_finds_the_fitting_backchannel(settings: Any, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    settings.MODELS_ROOT, settings.MEDIA_ROOT = tmp_path / "models", tmp_path / "media"
    corpus, positions = planted_corpus(tmp_path / "planted")
    train_lm(corpus)
    command("train_joint", *ASKED, "--context", "audio", "lm", "--turns", "1", "3", "5")
    command("train_joint", *ASKED, "--context", "lm_before", "--turns", "5")
    command("evaluate_retrieval", "planted", "--output", str(tmp_path / "one"), "--bootstrap", "500")
    command("evaluate_retrieval", "planted", "--output", str(tmp_path / "two"), "--bootstrap", "500")
    assert {f.name: f.read_bytes() for f in (tmp_path / "one").iterdir()} == {
        f.name: f.read_bytes() for f in (tmp_path / "two").iterdir()
    }
    five_turns_beat_three_and_one(tmp_path / "one")
    baselines_stay_where_they_belong(tmp_path / "one")
    triads_follow_the_planted_dimension(positions)
    clips_land_where_their_items_are()
    a_study_of_clips_is_compared_with_the_space(tmp_path)


def train_lm(corpus: Corpus) -> None:
    run = request_training(kind="language_model", corpus=corpus, settings=LM).run
    train_run(digest=run.digest, owner="me")
    run.refresh_from_db()
    assert run.state == "finished", run.reason


def five_turns_beat_three_and_one(folder: Path) -> None:
    found = top_10(folder)
    five = found["scratch-tiny, 5 turns"]
    for fewer in ("scratch-tiny, 3 turns", "scratch-tiny, 1 turn"):
        assert five["low"] > found[fewer]["high"]
    differences = [row for row in read(folder / "differences.csv") if row["ranked"] == "all candidates"]
    told = {(row["more"], row["fewer"]): float(row["low"]) for row in differences if row["measure"] == "top_10"}
    assert told["scratch-tiny, 5 turns", "scratch-tiny, 3 turns"] > 0
    assert told["scratch-tiny, 5 turns", "scratch-tiny, 1 turn"] > 0


def baselines_stay_where_they_belong(folder: Path) -> None:
    found = top_10(folder)
    assert found["chance"]["estimate"] == pytest.approx(0.1)
    for name in ("spectral of the last 0.25 s", "raw spectral, last 0.25 s, both"):
        assert found[name]["low"] < 0.1 < found[name]["high"]
    roles = {row["role"] for row in read(folder / "retrieval.csv")}
    assert roles == {
        "joint space", "audio only", "LM before fine-tuning", "untrained projection", "raw encoder", "word frequency",
        "chance",
    }  # fmt: skip
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["pool"] == {"items": 120, "of": 120, "dialogues": 20}
    assert manifest["settings"]["seed"] == 0
    assert (folder / "retrieval.svg").read_text().startswith("<svg")


def triads_follow_the_planted_dimension(positions: np.ndarray) -> None:
    run = TrainingRun.objects.get(kind="joint", label__startswith="lm_5 ")
    items, _ = items_of_run(run)
    rows = items.rows(Split.TEST)
    model, _ = load_model(run.folder / "space", sources=items.sources)
    learned = project(model, items, rows, ("lm_5",))[1]
    raw, joint = (accuracy(vectors, positions[rows]) for vectors in (items.backchannel[rows], learned))
    assert raw < 0.5
    assert joint > raw + 0.15


def clips_land_where_their_items_are() -> None:
    """The space as an encoder gives clips the vectors of the items they were cut from."""
    run = TrainingRun.objects.get(kind="joint", label__startswith="lm_5 ")
    items, recipe = items_of_run(run)
    extraction = extraction_by_digest(run.data_digest)
    heard, read = (
        list(islice(contents_of(extraction, VectorSettings(**recipe[part]["settings"]), first=0), 6))
        for part in ("backchannel", "lm_5")
    )
    encoder = load_encoder("joint", check_settings("joint", {"weights": str(run.folder)}))
    sounds, rates = zip(*heard, strict=True)
    about = [About("backchannel")] * 6 + [About("context", "<A> far before / " + text) for text in read]
    found = encoder.encode_clips([*sounds, *sounds], [*rates, *rates], about)
    model, card = load_model(run.folder / "space")
    contexts, backchannels = project(model, items, np.arange(6), ("lm_5",))
    np.testing.assert_allclose(found, np.concatenate([backchannels, contexts]), atol=1e-5)
    assert encoder.weights_digest == card["tensors_sha256"]
    with pytest.raises(EncoderError, match="1 contexts have no transcript"):
        encoder.encode_clips(sounds[:1], rates[:1], [About("context")])


def a_study_of_clips_is_compared_with_the_space(folder: Path) -> None:
    """Clips of dialogues that the space never saw, judged by people: it predicts them beside the raw encoder."""
    study = load_heard_study(folder / "heard")
    run = TrainingRun.objects.get(kind="joint", label__startswith="lm_5 ")
    said = command("embed", study, "--encoder", "joint", "--weights", str(run.folder), "--here")
    assert "Finished: 36 of 36 stimuli embedded." in said  # 18 backchannels and the contexts before them
    command("embed", study, "--encoder", "spectral", "--here")
    out = command("export_agreement", study, "--output", str(folder / "export"), "--bootstrap", "50")
    name = f"joint {run.digest[:12]}"
    assert name in out
    rows = {(row["measure"], row["model"], row["stratum"]): row for row in read(folder / "export" / "agreement.csv")}
    told = [row for row in read(folder / "export" / "agreement.csv") if row["subset"] == "included"]
    odd = {row["model"]: row for row in told if row["measure"] == "accuracy_judgement" and "odd" in row["stratum"]}
    assert float(odd[name]["estimate"]) > float(odd["spectral"]["estimate"]) + 0.15
    assert float(odd[name]["low"]) < float(odd[name]["estimate"]) < float(odd[name]["high"])
    assert ("suitability_pairwise_accuracy", name, "task=fitting;question=suitability") in rows
    predicted = [row for row in read(folder / "export" / "predictions.csv") if row["model"] == name]
    assert len(predicted) == 58  # every triad of the study
    its_origin_is_told(folder, run, name)


def its_origin_is_told(folder: Path, run: TrainingRun, name: str) -> None:
    """The export names space and weights, the space's card what it was trained on, the retrieval table the same run."""
    manifest = json.loads((folder / "export" / "manifest.json").read_text())
    (shown,) = (one for one in manifest["runs"] if one["model"] == name)
    card = json.loads((run.folder / "space" / "card.json").read_text())
    assert (shown["encoder"], shown["settings"]) == ("joint", {"weights": str(run.folder)})
    assert shown["weights_digest"] == card["tensors_sha256"]
    assert card["settings"]["context"] == ["lm_5"]
    recipe = json.loads((run.folder / "recipe.json").read_text())
    assert recipe["backchannel"]["label"].startswith("spectral")
    assert recipe["lm_5"]["settings"]["turns"] == 5
    retrieved = [row for row in read(folder / "one" / "retrieval.csv") if row["run"] == run.digest]
    assert ("scratch-tiny, 5 turns", "joint space") in {(row["model"], row["role"]) for row in retrieved}
    assert name in (folder / "export" / "report.html").read_text()


def accuracy(vectors: np.ndarray, positions: np.ndarray) -> float:
    """Share of random triads whose odd one out is that of the planted positions."""
    rng = np.random.default_rng(0)
    triads = np.array([rng.choice(len(vectors), 3, replace=False) for _ in range(1500)])
    true = odd_slots(-np.abs(positions[:, None] - positions), triads)
    return float((odd_slots(cosine_similarities(vectors), triads) == true).mean())


def top_10(folder: Path) -> dict[str, dict[str, float]]:
    rows = [row for row in read(folder / "retrieval.csv") if row["ranked"] == "all candidates"]
    return {
        row["model"]: {name: float(row[name] or "nan") for name in ("estimate", "low", "high")}
        for row in rows
        if row["measure"] == "top_10"
    }


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
