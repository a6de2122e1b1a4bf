"""`manage.py train_joint` on invented dialogues: from item vectors to a table."""

import re
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from corpus.models import Corpus
from corpus.services import extract_backchannels
from modeling.enums import RunState
from modeling.errors import RunError, TrainingSettingsError
from modeling.ml.encoders import load_encoder
from modeling.ml.errors import WeightsUnavailableError
from modeling.models import TrainingRun
from modeling.queries.training import curves_of
from modeling.services.training.doing import train_run
from modeling.services.training.runs import request_training
from tests.modeling.training.talking import SETTINGS

pytestmark = pytest.mark.django_db
FAST = ["--set", "dimension=16", "batch=64", "epochs=3", "learning_rate=0.01"]
FORM = ["talk", "--backchannel", "form", "--context", "lm", "--lm", "latest"]


def joint(*words: str) -> str:
    out = StringIO()
    call_command("train_joint", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def told(talk: Corpus) -> Corpus:
    """The corpus with a language model fine-tuned on it."""
    run = request_training(kind="language_model", corpus=talk, settings=SETTINGS).run
    assert train_run(digest=run.digest, owner="me")
    return talk


def test_one_run_embeds_trains_and_tells(told: Corpus) -> None:
    out = joint(*FORM, "--turns", "3", *FAST, "--here")
    assert re.search(r"\d of \d+ steps   [\d,]+ items a second", out)
    assert re.search(r"^true backchannel +\d\.\d{3}", out, re.MULTILINE)
    assert re.search(r"^chance +0\.083", out, re.MULTILINE)
    assert "only 12 items" in out  # a pool that says little is called so
    run = TrainingRun.objects.get(kind="joint")
    assert (run.state, run.label) == (RunState.FINISHED, "lm_3 d16 b64")
    assert {parent.kind for parent in run.parents.all()} == {"item_vectors"}
    assert curves_of(run).keys() == {"loss", "top_10", "mrr"}
    assert run.metrics["recipe"]["lm_3"]["settings"]["turns"] == 3
    again = joint(*FORM, "--turns", "3", *FAST, "--here")
    assert "a second" not in again
    assert again.splitlines()[-8:] == out.splitlines()[-8:]
    assert TrainingRun.objects.count() == 4


def test_a_sweep_shares_its_vectors_and_ends_with_one_table(told: Corpus) -> None:
    out = joint(*FORM, *FAST, "--sweep", "dimension=8,16", "turns=1,3", "excluded=none,form", "--here")
    assert TrainingRun.objects.filter(kind="joint", state="finished").count() == 8
    assert TrainingRun.objects.filter(kind="item_vectors").count() == 3
    table = out[out.index("Retrieval of") :]
    assert len(re.findall(r"^lm +[13] ", table, re.MULTILINE)) == 8
    assert "manage.py evaluate_retrieval " in table


def test_the_model_before_fine_tuning_is_another_context(told: Corpus) -> None:
    joint(*FORM[:3], "--context", "lm", "lm_before", "--lm", "latest", "--turns", "1", *FAST, "--here")
    vectors = TrainingRun.objects.filter(kind="item_vectors", settings__source="lm")
    assert len({run.metrics["space"] for run in vectors}) == 2
    one, other = (np.load(run.folder / "vectors.npy") for run in vectors)
    assert one.shape == other.shape
    assert not np.allclose(one, other)


def test_a_space_of_word_forms_cannot_be_applied_to_clips(told: Corpus) -> None:
    joint(*FORM, "--turns", "1", *FAST, "--here")
    folder = TrainingRun.objects.get(kind="joint").folder
    with pytest.raises(WeightsUnavailableError, match=r"word form indicator \(500\), which no clip holds"):
        load_encoder("joint", {"weights": str(folder)})
    with pytest.raises(WeightsUnavailableError, match="Give a joint run's folder"):
        load_encoder("joint", {"weights": str(folder.parent)})


def test_vectors_of_different_extractions_are_not_joined(told: Corpus) -> None:
    first = vectors(told, {"part": "backchannel", "source": "form"})
    extract_backchannels(corpus_slug="talk", method=None, given={"seed": "1"})
    lm = TrainingRun.objects.get(kind="language_model")
    other = vectors(told, {"part": "context", "source": "lm", "model": f"run:{lm.digest}"})
    asked = {"backchannel": first.digest, "context": [other.digest]}
    with pytest.raises(RunError, match="Join item vectors of one extraction"):
        request_training(kind="joint", corpus=told, settings=asked, parents=[first, other])
    with pytest.raises(TrainingSettingsError, match="embeds contexts, and backchannels are needed"):
        request_training(kind="joint", corpus=told, settings=asked | {"backchannel": other.digest})


def vectors(corpus: Corpus, settings: dict[str, Any]) -> TrainingRun:
    return request_training(kind="item_vectors", corpus=corpus, settings=settings).run


def stop_after(step: int) -> Any:
    far: list[int] = []
    return {"progress": lambda run: far.append(run.done), "stopping": lambda: bool(far) and far[-1] >= step}


def test_embedding_goes_on_where_it_was_stopped(told: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    from modeling.ml.vectors import embedders

    monkeypatch.setattr(embedders, "TEXTS", 20)
    monkeypatch.setattr(embedders.TextEmbedder, "batch", 20)
    lm = TrainingRun.objects.get(kind="language_model")
    settings = {"part": "context", "source": "lm", "model": f"run:{lm.digest}", "turns": 3}
    run, whole = (
        request_training(kind="item_vectors", corpus=told, settings=settings, parents=[lm], name=name).run
        for name in ("", "whole")
    )
    train_run(digest=run.digest, owner="a", **stop_after(40))
    run.refresh_from_db()
    assert (run.state, run.saved) == (RunState.QUEUED, 40)
    steps: list[int] = []
    train_run(digest=run.digest, owner="b", progress=lambda each: steps.append(each.done))
    assert not {1, 20} & set(steps)
    train_run(digest=whole.digest, owner="b")
    run.refresh_from_db()
    whole.refresh_from_db()
    assert run.state == whole.state == RunState.FINISHED
    assert run.metrics["left_out"] == 0
    np.testing.assert_allclose(np.load(run.folder / "vectors.npy"), np.load(whole.folder / "vectors.npy"), atol=1e-5)


def test_a_joint_run_sees_its_parents_through(told: Corpus) -> None:
    lm = TrainingRun.objects.get(kind="language_model")
    parents = [
        request_training(kind="item_vectors", corpus=told, settings=settings, parents=ancestors).run
        for settings, ancestors in (
            ({"part": "backchannel", "source": "form"}, []),
            ({"part": "context", "source": "lm", "model": f"run:{lm.digest}", "turns": 1}, [lm]),
        )
    ]
    settings = {"backchannel": parents[0].digest, "context": [parents[1].digest], "epochs": 2, "batch": 16}
    run = request_training(kind="joint", corpus=told, settings=settings, parents=parents).run
    train_run(digest=run.digest, owner="a", **stop_after(3))
    run.refresh_from_db()
    assert run.state == RunState.QUEUED
    assert {parent.state for parent in TrainingRun.objects.filter(kind="item_vectors")} == {RunState.FINISHED}
    train_run(digest=run.digest, owner="b")
    run.refresh_from_db()
    assert (run.state, run.reason) == (RunState.FINISHED, "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["walk"], "There is no corpus 'walk'"),
        (["talk", "--context", "lm"], "'lm' needs a model: give --lm NAME"),
        (["talk", "--context", "smell"], "There is no 'smell'"),
        (["talk", "--lm", "latest"], "No language model of 'talk' is finished"),
        (["talk", "--sweep", "colour=red"], "with one of dimension, batch"),
        (["talk", "--encoder", "prosody", "--context", "audio", "--set", "colour=red"], "there is no setting colour"),
        (["talk", "--encoder", "prosody", "--context", "audio", "--set", "depth=9"], "depth: 1 to 4"),
        (["talk", "--encoder", "prosody", "--context", "audio"], "No dialogue of 'talk' has sound"),
    ],
)
def test_what_cannot_be_is_told_plainly(talk: Corpus, words: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        joint(*words, "--here")
