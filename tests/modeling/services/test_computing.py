"""Computing a run with the real encoders on real sounds, and what happens when something is in the way."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone

from corpus.audio import read_mono
from corpus.models import Corpus
from corpus.services import import_stimuli
from modeling.enums import RunState
from modeling.ml.encoders import load_encoder
from modeling.models import Embedding, EmbeddingRun
from modeling.queries.runs import audio_paths
from modeling.services import computing, leases
from modeling.services.computing import compute_run
from modeling.services.runs import request_run
from tests.modeling.corpora import write_clips
from tests.modeling.tiny import save_tiny_wavlm

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

CLIPS = 7


@pytest.fixture
def corpus(settings: Any, tmp_path: Path) -> Corpus:
    settings.MEDIA_ROOT = tmp_path / "media"
    import_stimuli(csv_path=write_clips(tmp_path / "clips", CLIPS), corpus_slug="tones")
    return Corpus.objects.get()


def vectors_of(run: EmbeddingRun) -> dict[str, np.ndarray]:
    rows = Embedding.objects.filter(run=run).select_related("stimulus")
    return {row.stimulus.key: np.frombuffer(row.vector, "<f4") for row in rows}


def test_a_run_is_computed_whole_and_says_by_what(corpus: Corpus) -> None:
    run = request_run(corpus=corpus, encoder="spectral").run
    seen: list[int] = []
    assert compute_run(digest=run.digest, owner="me", progress=lambda each: seen.append(each.done))
    run.refresh_from_db()
    assert (run.state, run.done, run.total, run.dimension) == (RunState.FINISHED, CLIPS, CLIPS, 132)
    assert set(run.versions) == {"torch", "torchaudio", "soxr"}
    assert seen == [CLIPS]
    stimuli = list(corpus.stimuli.select_related("audio"))
    encoder = load_encoder("spectral", run.settings)
    for stimulus, path in zip(stimuli, audio_paths(stimuli), strict=True):
        samples, rate = read_mono(path, stimulus.channel)
        np.testing.assert_array_equal(vectors_of(run)[stimulus.key], encoder.encode([samples], [rate])[0])


def test_a_run_of_wavlm_from_a_folder(corpus: Corpus, tmp_path: Path) -> None:
    folder = save_tiny_wavlm(tmp_path / "model")
    run = request_run(corpus=corpus, encoder="wavlm", settings={"weights": str(folder), "layer": 2}).run
    compute_run(digest=run.digest, owner="me")
    run.refresh_from_db()
    assert (run.state, run.dimension, len(run.weights_digest)) == (RunState.FINISHED, 32, 64)
    assert "transformers" in run.versions


def test_batches_are_bounded_and_what_was_stored_stays(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computing, "BATCH", 2)
    run = request_run(corpus=corpus, encoder="spectral").run

    class PowerCutError(BaseException):
        pass

    def cut(each: EmbeddingRun) -> None:
        if each.done == 4:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        compute_run(digest=run.digest, owner="first", progress=cut)
    before = vectors_of(run)
    assert len(before) == 4
    EmbeddingRun.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    seen: list[int] = []
    assert compute_run(digest=run.digest, owner="second", progress=lambda each: seen.append(each.done))
    assert seen == [6, 7]
    after = vectors_of(run)
    assert len(after) == CLIPS
    assert all(np.array_equal(after[key], before[key]) for key in before)


def test_seconds_of_audio_bound_a_batch_too(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computing, "BATCH_S", 0.7)
    run = request_run(corpus=corpus, encoder="spectral").run
    seen: list[int] = []
    compute_run(digest=run.digest, owner="me", progress=lambda each: seen.append(each.done))
    assert seen == [2, 4, 6, 7]


def test_a_run_that_another_worker_has_is_left_alone(corpus: Corpus) -> None:
    run = request_run(corpus=corpus, encoder="spectral").run
    leases.take(run=run, owner="another")
    assert not compute_run(digest=run.digest, owner="me")
    assert not Embedding.objects.exists()


def test_a_finished_run_is_left_alone(corpus: Corpus) -> None:
    run = request_run(corpus=corpus, encoder="spectral").run
    assert compute_run(digest=run.digest, owner="me")
    assert not compute_run(digest=run.digest, owner="me")


def test_a_cancelled_run_stops_after_its_batch(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computing, "BATCH", 2)
    run = request_run(corpus=corpus, encoder="spectral").run
    assert compute_run(digest=run.digest, owner="me", progress=lambda each: leases.cancel(run=each) and None)
    run.refresh_from_db()
    assert (run.state, run.done) == (RunState.CANCELLED, 2)


def test_weights_that_cannot_be_had_fail_the_run_with_reason_and_advice(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    run = request_run(corpus=corpus, encoder="wavlm").run
    assert compute_run(digest=run.digest, owner="me")
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert run.reason.startswith("microsoft/wavlm-base-plus is not on this machine, and the hub http://127.0.0.1:9")
    assert "hf download microsoft/wavlm-base-plus" in run.advice
    assert run.done == 0
    other = request_run(corpus=corpus, encoder="spectral").run
    compute_run(digest=other.digest, owner="me")
    other.refresh_from_db()
    assert other.state == RunState.FINISHED


def test_a_sound_that_is_gone_fails_the_run_by_name(corpus: Corpus) -> None:
    gone = corpus.stimuli.select_related("audio").get(key="clip003")
    gone.audio.location.unlink()
    run = request_run(corpus=corpus, encoder="spectral").run
    compute_run(digest=run.digest, owner="me")
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert gone.audio.location.name in run.reason
    assert "Ask for the run again" in run.advice


@pytest.mark.django_db(transaction=True)
def test_the_lease_is_renewed_while_a_batch_takes_long(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "HEARTBEAT_S", 0.05)
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=1))
    run = request_run(corpus=corpus, encoder="spectral").run
    leases.take(run=run, owner="slow")
    taken = threading.Event()

    def intrude() -> None:
        try:
            if leases.take(run=run, owner="intruder"):
                taken.set()
        finally:
            connection.close()

    with leases.kept_alive(run, "slow"):
        pause = threading.Event()
        for _ in range(6):
            pause.wait(0.3)
            intruder = threading.Thread(target=intrude)
            intruder.start()
            intruder.join()
    assert not taken.is_set()
    run.refresh_from_db()
    assert run.lease_owner == "slow"
