"""The life of a run: one worker at a time, nothing stored twice, nothing lost, one run never of two models."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from corpus.models import Corpus
from modeling.enums import RunState
from modeling.errors import (
    EmptyCorpusError,
    EncoderSettingsError,
    LeaseLostError,
    RunError,
    UnknownEncoderError,
)
from modeling.models import Embedding, EmbeddingRun
from modeling.queries.runs import lease_free_at, missing_stimuli, unfinished_runs
from modeling.services import leases, runs
from modeling.signals import run_finished
from tests.modeling.corpora import add_clips, corpus_of
from tests.modeling.tiny import save_tiny_wavlm

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

IDENTITY = {"weights_digest": "", "versions": {"torch": "2"}}


@pytest.fixture
def corpus() -> Corpus:
    return corpus_of(5)


@pytest.fixture
def run(corpus: Corpus) -> EmbeddingRun:
    return runs.request_run(corpus=corpus, encoder="spectral").run


def take(run: EmbeddingRun, owner: str = "worker a") -> bool:
    return leases.take(run=run, owner=owner)


def store(run: EmbeddingRun, n: int, owner: str = "worker a", value: float = 1.0) -> int:
    stimuli = list(missing_stimuli(run)[:n])
    return runs.store_batch(run=run, owner=owner, stimuli=stimuli, vectors=np.full((n, 3), value, np.float32))


def let_lease_run_out(run: EmbeddingRun) -> None:
    EmbeddingRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def now(run: EmbeddingRun) -> EmbeddingRun:
    return EmbeddingRun.objects.get(pk=run.pk)


class TestAsking:
    def test_the_same_question_is_the_same_run(self, corpus: Corpus) -> None:
        first = runs.request_run(corpus=corpus, encoder="wavlm", settings={"layer": 6})
        again = runs.request_run(corpus=corpus, encoder="wavlm", settings={"layer": "6", "precision": "float32"})
        assert (first.new, again.new) == (True, False)
        assert first.run == again.run
        assert (first.run.total, first.run.label, first.run.state) == (5, "wavlm-base-plus L6", RunState.QUEUED)

    @pytest.mark.parametrize(
        "other", [{"layer": 7}, {"precision": "bfloat16"}, {"weights": "microsoft/wavlm-large", "layer": 6}]
    )
    def test_another_setting_is_another_run(self, corpus: Corpus, other: dict[str, Any]) -> None:
        first = runs.request_run(corpus=corpus, encoder="wavlm", settings={"layer": 6})
        assert runs.request_run(corpus=corpus, encoder="wavlm", settings={"layer": 6} | other).run != first.run

    def test_a_grown_corpus_is_another_run(self, corpus: Corpus, run: EmbeddingRun) -> None:
        add_clips(corpus, 1)
        Corpus.objects.filter(pk=corpus.pk).update(digest="f" * 64)
        corpus.refresh_from_db()
        grown = runs.request_run(corpus=corpus, encoder="spectral")
        assert grown.new
        assert (grown.run.total, grown.run.corpus_digest) == (6, "f" * 64)

    @pytest.mark.parametrize("end", ["fail", "cancel"])
    def test_one_that_ended_badly_goes_on_with_what_it_lacks(self, corpus: Corpus, run: EmbeddingRun, end: str) -> None:
        take(run)
        store(run, 2)
        if end == "fail":
            leases.fail(run=run, owner="worker a", reason="No memory.", advice="Buy some.")
            assert (now(run).state, now(run).reason, now(run).advice) == ("failed", "No memory.", "Buy some.")
        else:
            assert leases.cancel(run=run)
        again = runs.request_run(corpus=corpus, encoder="spectral")
        assert again.new
        assert (again.run.state, again.run.reason, again.run.advice) == (RunState.QUEUED, "", "")
        assert missing_stimuli(again.run).count() == 3

    def test_a_finished_one_is_not_asked_again(self, corpus: Corpus, run: EmbeddingRun) -> None:
        take(run)
        store(run, 5)
        runs.finish_run(run=run, owner="worker a")
        again = runs.request_run(corpus=corpus, encoder="spectral")
        assert not again.new
        assert again.run.state == RunState.FINISHED

    def test_what_cannot_be_asked_for_is_refused(self, corpus: Corpus) -> None:
        with pytest.raises(UnknownEncoderError, match=r"no encoder 'hubert'\. Encoders: joint, prosody"):
            runs.request_run(corpus=corpus, encoder="hubert")
        with pytest.raises(EncoderSettingsError, match="Encoder wavlm: layer='top' is not a whole number"):
            runs.request_run(corpus=corpus, encoder="wavlm", settings={"layer": "top"})
        with pytest.raises(EmptyCorpusError, match="import_stimuli"):
            runs.request_run(corpus=Corpus.objects.create(slug="empty"), encoder="spectral")
        assert not EmbeddingRun.objects.exists()

    def test_a_folder_that_holds_other_weights_by_now_is_refused(self, corpus: Corpus, tmp_path: Path) -> None:
        folder = save_tiny_wavlm(tmp_path / "model")
        asked = {"corpus": corpus, "encoder": "wavlm", "settings": {"weights": str(folder)}}
        run = runs.request_run(**asked).run
        take(run)
        from modeling.ml.encoders import load_encoder

        digest = load_encoder("wavlm", run.settings).weights_digest
        runs.record_identity(run=run, owner="worker a", weights_digest=digest, versions={})
        store(run, 5)
        runs.finish_run(run=run, owner="worker a")
        assert not runs.request_run(**asked).new
        save_tiny_wavlm(folder, seed=1)
        with pytest.raises(RunError, match="The weights are not those that the first 5 vectors came from"):
            runs.request_run(**asked)


class TestLeases:
    def test_one_worker_at_a_time(self, run: EmbeddingRun) -> None:
        assert take(run, "worker a")
        assert not take(run, "worker b")
        let_lease_run_out(run)
        assert take(run, "worker b")
        assert not take(run, "worker a")

    def test_a_renewed_lease_holds(self, run: EmbeddingRun) -> None:
        take(run)
        let_lease_run_out(run)
        leases.renew(run=run, owner="worker a")
        assert not take(run, "worker b")
        assert lease_free_at(now(run)) > timezone.now() + timedelta(seconds=20)

    def test_a_worker_that_was_thought_dead_can_do_nothing_more(self, run: EmbeddingRun) -> None:
        take(run, "worker a")
        stimuli = list(missing_stimuli(run)[:2])
        let_lease_run_out(run)
        take(run, "worker b")
        vectors = np.ones((2, 3), np.float32)
        for attempt in (
            lambda: runs.store_batch(run=run, owner="worker a", stimuli=stimuli, vectors=vectors),
            lambda: leases.renew(run=run, owner="worker a"),
            lambda: runs.finish_run(run=run, owner="worker a"),
            lambda: leases.fail(run=run, owner="worker a", reason="r", advice="a"),
            lambda: runs.record_identity(run=run, owner="worker a", **IDENTITY),
        ):
            with pytest.raises(LeaseLostError):
                attempt()
        assert not Embedding.objects.exists()
        assert (now(run).state, now(run).lease_owner) == (RunState.RUNNING, "worker b")

    def test_a_cancelled_run_takes_nothing_more_and_is_not_taken(self, run: EmbeddingRun) -> None:
        take(run)
        assert leases.cancel(run=run)
        with pytest.raises(LeaseLostError):
            store(run, 1)
        assert not take(run, "worker b")
        assert not leases.cancel(run=run)
        assert unfinished_runs() == []

    def test_a_run_that_costs_worker_after_worker_is_given_up(self, run: EmbeddingRun) -> None:
        for attempt in range(leases.MOST_FRUITLESS_TAKES):
            assert take(run, f"worker {attempt}")
            let_lease_run_out(run)
        assert not take(run, "the last")
        assert now(run).state == RunState.FAILED
        assert "4 workers in a row" in now(run).reason

    def test_a_run_that_gets_on_may_cost_many_workers(self, run: EmbeddingRun) -> None:
        for attempt in range(5):
            assert take(run, f"worker {attempt}")
            store(run, 1, f"worker {attempt}")
            let_lease_run_out(run)
        assert now(run).done == 5


class TestStoring:
    def test_batches_add_up_and_nothing_is_missing_in_the_end(self, run: EmbeddingRun) -> None:
        take(run)
        assert [store(run, 2, value=1), store(run, 2, value=2), store(run, 1, value=3)] == [2, 4, 5]
        assert missing_stimuli(run).count() == 0
        assert (now(run).done, now(run).total, now(run).dimension) == (5, 5, 3)
        vectors = [np.frombuffer(each.vector, "<f4").tolist() for each in Embedding.objects.order_by("stimulus__key")]
        assert vectors == [[1.0] * 3, [1.0] * 3, [2.0] * 3, [2.0] * 3, [3.0] * 3]

    def test_what_is_missing_comes_with_like_durations_together(self, run: EmbeddingRun) -> None:
        durations = [stimulus.audio.duration for stimulus in missing_stimuli(run)]
        assert durations == sorted(durations)

    def test_stimuli_added_meanwhile_count(self, corpus: Corpus, run: EmbeddingRun) -> None:
        take(run)
        add_clips(corpus, 2)
        assert store(run, 7) == 7
        assert now(run).total == 7

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_numbers_that_no_analysis_could_use_are_refused(self, run: EmbeddingRun, bad: float) -> None:
        take(run)
        stimuli = list(missing_stimuli(run))
        vectors = np.ones((5, 3), np.float32)
        vectors[2, 1] = bad
        with pytest.raises(RunError, match=f"not finite for {stimuli[2].key}"):
            runs.store_batch(run=run, owner="worker a", stimuli=stimuli, vectors=vectors)
        with pytest.raises(RunError, match=r"shape \(4, 3\) for 5 stimuli"):
            runs.store_batch(run=run, owner="worker a", stimuli=stimuli, vectors=vectors[:4])
        assert not Embedding.objects.exists()

    def test_one_run_never_mixes_two_models(self, run: EmbeddingRun) -> None:
        take(run)
        runs.record_identity(run=run, owner="worker a", weights_digest="a" * 64, versions={"torch": "2"})
        runs.record_identity(run=run, owner="worker a", weights_digest="b" * 64, versions={"torch": "2"})
        store(run, 1)
        with pytest.raises(RunError, match="Put the earlier weights back"):
            runs.record_identity(run=run, owner="worker a", weights_digest="a" * 64, versions={"torch": "2"})
        assert now(run).weights_digest == "b" * 64

    def test_the_pace_counts_what_this_worker_did(self, run: EmbeddingRun) -> None:
        take(run)
        store(run, 3)
        let_lease_run_out(run)
        take(run, "worker b")
        assert now(run).pace is None
        store(run, 1, "worker b")
        EmbeddingRun.objects.filter(pk=run.pk).update(taken_at=timezone.now() - timedelta(seconds=10))
        assert now(run).pace == pytest.approx(0.1, rel=0.1)
        assert now(run).seconds_left == pytest.approx(10, rel=0.1)


def test_who_listens_is_told_after_the_run_is_stored_as_finished(
    run: EmbeddingRun, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[tuple[str, str]] = []

    def listener(run_digest: str, **_: object) -> None:
        heard.append((run_digest, EmbeddingRun.objects.get(digest=run_digest).state))

    run_finished.connect(listener)
    try:
        take(run)
        store(run, 5)
        with django_capture_on_commit_callbacks(execute=True):
            runs.finish_run(run=run, owner="worker a")
    finally:
        run_finished.disconnect(listener)
    assert heard == [(run.digest, "finished")]
    assert now(run).lease_owner == ""
    assert now(run).finished_at is not None
