"""Cancelling a run of each kind while it goes on, from its page and from the terminal, and going on from there."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import torch
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from analysis.services.judgements import freeze_judgements_of
from corpus.models import Corpus
from modeling.ml.vectors import embedders, filling
from modeling.models import EmbeddingRun, TrainingRun
from modeling.services.training.doing import train_run
from modeling.services.training.runs import request_training
from tests.analysis.planted_people import planted_people
from tests.modeling.training.planted_dialogues import planted_corpus

pytestmark = pytest.mark.django_db
SOUND = {"source": "audio", "model": "spectral"}
LM = {"scratch": "tiny", "epochs": 1, "block": 64, "batch": 4, "micro": 4, "turns": [1], "precision": "float32"}
JOINT = {"dimension": 8, "batch": 16, "epochs": 4}


@pytest.fixture
def planted(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """Dialogues that sound; batches are small, so that a run has several."""
    torch.set_num_threads(1)
    settings.MODELS_ROOT, settings.MEDIA_ROOT = tmp_path / "models", tmp_path / "media"
    monkeypatch.setattr(embedders.SoundEmbedder, "batch", 16)
    monkeypatch.setattr(filling, "SAVE_EVERY_S", 0.0)
    return planted_corpus(tmp_path / "planted", parts={"train": 12, "validation": 4, "test": 4})[0]


@pytest.fixture
def researcher(client: Client) -> Client:
    client.force_login(User.objects.create_user("researcher", is_staff=True))
    return client


def vectors_of(corpus: Corpus, part: str, name: str = "") -> TrainingRun:
    settings = SOUND | {"part": part} | ({"seconds": 0.25} if part == "context" else {})
    return request_training(kind="item_vectors", corpus=corpus, settings=settings, name=name).run


def joint_of(corpus: Corpus, name: str) -> TrainingRun:
    parents = [vectors_of(corpus, part) for part in ("backchannel", "context")]
    settings = JOINT | {"backchannel": parents[0].digest, "context": [parents[1].digest]}
    return request_training(kind="joint", corpus=corpus, settings=settings, name=name, parents=parents).run


def asked_for(kind: str, corpus: Corpus, name: str) -> TrainingRun:
    """Return a run of this kind, queued."""
    if kind == "item_vectors":
        return vectors_of(corpus, "backchannel", name)
    if kind == "joint":
        return joint_of(corpus, name)
    if kind == "language_model":
        return request_training(kind=kind, corpus=corpus, settings=LM, name=name).run
    if not EmbeddingRun.objects.exists():
        planted_people()
    settings: dict[str, Any] = {"judgements": freeze_judgements_of(name="demo")[0]}
    if kind == "alignment":
        settings |= {"embedding": EmbeddingRun.objects.get().digest, "rank": 1, "strengths": [0.01]}
    else:
        settings |= {"dimensions": [1, 2], "folds": 2, "starts": 1}
    return request_training(kind=kind, corpus=None, settings=settings, name=name).run


def when_half_done(run: TrainingRun, do: Callable[[], None]) -> Callable[[TrainingRun], None]:
    """Return a listener that does something once, in the middle of a run (not of one that it builds on)."""
    done: list[int] = []

    def hear(each: TrainingRun) -> None:
        if not done and each.total and 2 * each.done >= each.total:
            done.append(each.done)
            do()

    return hear


@pytest.mark.parametrize("way", ["page", "terminal"])
@pytest.mark.parametrize("kind", ["language_model", "item_vectors", "joint", "alignment", "ordinal"])
def test_a_run_is_cancelled_in_the_middle_and_goes_on(kind: str, way: str, planted: Corpus, researcher: Client) -> None:
    run, whole = asked_for(kind, planted, ""), asked_for(kind, planted, "whole")

    def cancel() -> None:
        if way == "page":
            assert researcher.post(f"/training/{run.pk}/cancel/").status_code == 302
        else:
            out = StringIO()
            call_command("cancel_training", run.digest[:12], stdout=out)
            assert out.getvalue() == f"{run}: cancelled.\n"

    assert train_run(digest=run.digest, owner="one", progress=when_half_done(run, cancel))
    run.refresh_from_db()
    assert (run.state, run.lease_owner, run.metrics) == ("cancelled", "", {})
    assert 0 < run.saved < run.total
    page = researcher.get(f"/training/{run.pk}/").content.decode()
    assert f"saved up to {run.saved}" in page
    assert "Go on" in page
    assert not train_run(digest=run.digest, owner="two")  # a message that is delivered late does not wake it

    if way == "page":
        researcher.post(f"/training/{run.pk}/resume/")
        run.refresh_from_db()
    else:
        run = asked_for(kind, planted, "")  # what --resume asks for
    assert (run.state, run.pk) == ("queued", run.pk)
    steps: list[int] = []
    assert train_run(digest=run.digest, owner="two", progress=lambda each: steps.append(each.done))
    assert train_run(digest=whole.digest, owner="two")
    run.refresh_from_db()
    whole.refresh_from_db()
    assert (run.state, run.reason, run.done) == ("finished", "", whole.total)
    assert not {1} & set(steps)  # the beginning is not done again
    assert results(run) == results(whole)


def results(run: TrainingRun) -> dict[str, bytes]:
    """Return what came of it, by file; checkpoints on the way and cards, which tell of the run itself, left out."""
    paths = [path for path in run.folder.rglob("*") if path.suffix in (".npy", ".safetensors", ".csv")]
    return {path.name: path.read_bytes() for path in paths if "checkpoints" not in path.parts}


def test_cancelling_a_joint_run_leaves_what_it_builds_on_to_others(planted: Corpus, researcher: Client) -> None:
    run = joint_of(planted, "")
    first = run.parents.get(settings__part="backchannel")

    def cancel_once_saved() -> bool:
        first.refresh_from_db()
        if first.saved:
            researcher.post(f"/training/{run.pk}/cancel/")
        return False

    assert train_run(digest=run.digest, owner="one", stopping=cancel_once_saved)
    run.refresh_from_db()
    first.refresh_from_db()
    assert (run.state, run.lease_owner) == ("cancelled", "")
    assert (first.state, first.lease_owner) == ("queued", "")
    assert 0 < first.saved < first.total
    assert train_run(digest=first.digest, owner="two")
    first.refresh_from_db()
    assert first.state == "finished"
