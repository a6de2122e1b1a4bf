"""The life of a training run: asked for, computed, told of, stopped, gone on with."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from corpus.models import Corpus
from corpus.services import extract_backchannels, import_dialogues
from modeling.enums import RunState
from modeling.errors import LeaseLostError, NothingToTrainOnError, RunError, TrainingSettingsError, UnknownKindError
from modeling.models import TrainingPoint, TrainingRun
from modeling.queries.training import curves_of, training_by_digest, unfinished_training
from modeling.services import leases
from modeling.services.training import runs
from modeling.services.training.doing import train_run
from modeling.services.training.kinds import kind_named, kind_names
from modeling.services.training.runs import request_training
from tests.modeling.training.talking import SETTINGS, write_talk

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


def ask(corpus: Corpus, **changes: Any) -> TrainingRun:
    name, revive = changes.pop("name", ""), changes.pop("revive", True)
    asked = request_training(
        kind="language_model", corpus=corpus, settings=SETTINGS | changes, name=name, revive=revive
    )
    return asked.run


def stop_after(step: int) -> tuple[Callable[[TrainingRun], None], Callable[[], bool]]:
    """Give a listener and what it makes true once the run has come so far."""
    far: list[int] = []
    return lambda run: far.append(run.done), lambda: bool(far) and far[-1] >= step


def test_a_run_is_trained_and_tells_what_came_of_it(talk: Corpus) -> None:
    run = ask(talk)
    phases: list[str] = []
    assert train_run(digest=run.digest, owner="me", progress=lambda each: phases.append(each.phase))
    run.refresh_from_db()
    assert (run.state, run.reason, run.lease_owner) == (RunState.FINISHED, "", "")
    assert run.done == run.total == run.saved == run.metrics["steps"] > 3
    assert list(dict.fromkeys(phases)) == ["Perplexity before training", "Training", "Perplexity after training"]
    assert set(run.metrics["after"]["backchannel"]) == {"1", "3", "5"}
    assert set(run.versions) == {"torch", "transformers", "peft", "accelerate", "tokenizers"}
    assert (run.folder / "model" / "model.safetensors").is_file()
    curves = curves_of(run)
    assert curves["loss"]["train"][-1][0] == curves["loss"]["validation"][-1][0] == run.total
    assert curves["loss"]["train"][-1][1] < curves["loss"]["train"][0][1]
    tables = kind_named(run.kind).tables(run.metrics)
    assert [row[0] for row in tables[0].rows] == [
        "all tokens", "backchannels, 1 turn", "backchannels, 3 turns", "backchannels, 5 turns",
    ]  # fmt: skip
    assert "scratch-tiny" in tables[0].caption
    assert ask(talk).pk == run.pk
    assert not train_run(digest=run.digest, owner="again")


def test_a_worker_that_is_stopped_puts_the_run_back_and_the_next_goes_on(talk: Corpus) -> None:
    run, whole = ask(talk), ask(talk, name="whole")
    heard, stopping = stop_after(4)
    train_run(digest=run.digest, owner="a", progress=heard, stopping=stopping)
    run.refresh_from_db()
    assert (run.state, run.saved, run.lease_owner, run.fruitless_takes) == (RunState.QUEUED, 4, "", 0)
    assert unfinished_training() == [run, whole]
    steps: list[int] = []
    train_run(digest=run.digest, owner="b", progress=lambda each: steps.append(each.done))
    assert 5 in steps
    assert not {1, 2, 3} & set(steps)
    train_run(digest=whole.digest, owner="b")
    run.refresh_from_db()
    whole.refresh_from_db()
    assert run.metrics == whole.metrics
    assert curves_of(run)["loss"]["validation"] == curves_of(whole)["loss"]["validation"]


def test_a_cancelled_run_saves_and_stays_cancelled_until_it_is_asked_for(talk: Corpus) -> None:
    run = ask(talk)

    def cancel(each: TrainingRun) -> None:
        if each.done == 3:
            leases.cancel(run=each)

    assert train_run(digest=run.digest, owner="a", progress=cancel)
    run.refresh_from_db()
    assert (run.state, run.saved, run.done) == (RunState.CANCELLED, 3, 3)
    assert [each.name for each in (run.folder / "checkpoints").iterdir()] == ["step-00000003"]
    assert ask(talk, revive=False).state == RunState.CANCELLED
    assert ask(talk).state == RunState.QUEUED
    steps: list[int] = []
    train_run(digest=run.digest, owner="b", progress=lambda each: steps.append(each.done))
    assert 4 in steps
    assert not {1, 2} & set(steps)  # neither trained again nor shown again
    run.refresh_from_db()
    assert run.state == RunState.FINISHED


def test_a_run_that_another_worker_took_over_is_left_to_it(talk: Corpus) -> None:
    run = ask(talk)

    def lose(each: TrainingRun) -> None:
        if each.done == 2:
            TrainingRun.objects.filter(pk=each.pk).update(lease_owner="another")

    assert train_run(digest=run.digest, owner="a", progress=lose)
    run.refresh_from_db()
    assert (run.state, run.lease_owner) == (RunState.RUNNING, "another")
    assert not list((run.folder / "checkpoints").glob("step-*"))


def test_what_stops_training_fails_the_run_with_the_reason(talk: Corpus, tmp_path: Path) -> None:
    run = ask(talk, scratch="", base=str(tmp_path / "nothing"))
    assert train_run(digest=run.digest, owner="a")
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert run.reason == f"There is no folder {tmp_path / 'nothing'}."
    assert run.advice == "Give a folder that holds a model, or a model's name on the hub."


def test_dialogues_that_change_meanwhile_fail_the_run(talk: Corpus, tmp_path: Path) -> None:
    run = ask(talk)
    more = write_talk(tmp_path / "more.jsonl", size=21)
    import_dialogues(path=more, corpus_slug="talk", format_name="jsonl")
    assert train_run(digest=run.digest, owner="a")
    run.refresh_from_db()
    assert "have changed since their backchannels were extracted" in run.reason
    with pytest.raises(RunError, match="have changed"):
        ask(talk)
    extract_backchannels(corpus_slug="talk", method=None, given={})
    assert ask(talk).pk != run.pk


def test_only_the_holder_of_the_lease_writes(talk: Corpus) -> None:
    run = ask(talk)
    assert leases.take(run=run, owner="a")
    assert not leases.take(run=run, owner="b")
    points = [(1, "train", "loss", 3.0), (1, "validation", "loss", 3.5)]
    runs.record_points(run=run, owner="a", points=points)
    runs.record_points(run=run, owner="a", points=[(1, "train", "loss", 2.0)])
    assert curves_of(run) == {"loss": {"train": [(1, 2.0)], "validation": [(1, 3.5)]}}
    for write in (
        lambda: runs.record_step(run=run, owner="b", step=1, total=2, speed=None),
        lambda: runs.record_points(run=run, owner="b", points=points),
        lambda: runs.record_saved(run=run, owner="b", step=1),
        lambda: runs.finish_training(run=run, owner="b", metrics={}, versions={}),
        lambda: runs.put_back(run=run, owner="b"),
    ):
        with pytest.raises(LeaseLostError):
            write()
    TrainingRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert leases.take(run=run, owner="b")
    assert TrainingPoint.objects.count() == 2


def test_the_time_left_counts_from_the_first_step(talk: Corpus) -> None:
    run = ask(talk)
    leases.take(run=run, owner="a")
    TrainingRun.objects.update(taken_at=timezone.now() - timedelta(hours=1))  # an hour of preparing
    runs.begin_steps(run=run, owner="a", done=10)
    TrainingRun.objects.update(taken_at=timezone.now() - timedelta(seconds=10), done=20, total=40)
    run.refresh_from_db()
    assert run.seconds_left == pytest.approx(20, rel=0.05)


def test_kinds_are_found_by_name() -> None:
    assert "language_model" in kind_names()
    with pytest.raises(UnknownKindError, match="There is no kind of training 'magic'"):
        kind_named("magic")


def test_what_cannot_be_trained_is_refused_before_there_is_a_run(talk: Corpus) -> None:
    with pytest.raises(TrainingSettingsError, match="language_model: there is no setting colour"):
        ask(talk, colour="red")
    empty = Corpus.objects.create(slug="empty")
    with pytest.raises(NothingToTrainOnError, match="has no dialogues"):
        ask(empty)
    with pytest.raises(RunError, match="There is no training run"):
        training_by_digest("abc")
    assert not TrainingRun.objects.exists()


def test_settings_names_and_parents_make_different_runs(talk: Corpus) -> None:
    first = ask(talk)
    made = request_training(kind="language_model", corpus=talk, settings=SETTINGS, name="child", parents=[first])
    assert made.new
    assert list(made.run.parents.all()) == [first]
    assert len({first.digest, made.run.digest, ask(talk, lr=0.1).digest, ask(talk, name="b").digest}) == 4
