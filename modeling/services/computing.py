"""Computing a run: take it, load its encoder, embed what is missing batch by batch, end it."""

import logging
from collections.abc import Callable, Iterator

from django.db import OperationalError

from corpus.audio import read_mono
from corpus.models import Stimulus
from modeling.errors import LeaseLostError
from modeling.models import EmbeddingRun
from modeling.queries.runs import audio_paths, missing_stimuli, run_by_digest
from modeling.services import leases, runs

log = logging.getLogger(__name__)

BATCH = 64
"""Most stimuli whose audio is in memory at once, and that a killed worker computes again."""
BATCH_S = 240.0
"""Most seconds of audio in memory at once (a single longer clip is a batch of its own)."""

Progress = Callable[[EmbeddingRun], None]


def compute_run(*, digest: str, owner: str, progress: Progress = lambda _: None) -> bool:
    """Embed every stimulus that the run lacks; tell whether the run was free to be taken.

    Whatever stops the encoder fails the run with the reason and what to do; the worker itself goes on. A run that
    another worker takes over, or that is cancelled, is left as it is. Raises `django.db.OperationalError` where the
    database cannot be reached; the run goes on when it is asked for again.
    """
    run = run_by_digest(digest)
    if not leases.take(run=run, owner=owner):
        return False
    try:
        with leases.kept_alive(run, owner):
            _embed_missing(run, owner, progress)
        runs.finish_run(run=run, owner=owner)
    except LeaseLostError as error:
        log.warning("%s", error)
    except OperationalError:
        raise  # the database is away: whoever called tries again, and the lease runs out meanwhile
    except Exception as error:
        log.exception("run %s failed", run.label)
        leases.fail_for(run=run, owner=owner, error=error)
    return True


def _embed_missing(run: EmbeddingRun, owner: str, progress: Progress) -> None:
    from modeling.ml.encoders import load_encoder
    from modeling.ml.encoders.base import About

    encoder = load_encoder(run.encoder, run.settings)
    runs.record_identity(run=run, owner=owner, weights_digest=encoder.weights_digest, versions=encoder.versions)
    for stimuli in _batches(run):
        clips = [
            read_mono(path, stimulus.channel) for path, stimulus in zip(audio_paths(stimuli), stimuli, strict=True)
        ]
        about = [About(stimulus.role, stimulus.transcript) for stimulus in stimuli]
        vectors = encoder.encode_clips([samples for samples, _ in clips], [rate for _, rate in clips], about)
        run.done = runs.store_batch(run=run, owner=owner, stimuli=stimuli, vectors=vectors)
        progress(run)


def _batches(run: EmbeddingRun) -> Iterator[list[Stimulus]]:
    """Yield what is missing, shortest first, in batches bounded by number and by seconds of audio."""
    batch: list[Stimulus] = []
    seconds = 0.0
    for stimulus in missing_stimuli(run).iterator(chunk_size=500):
        if batch and (len(batch) == BATCH or seconds + stimulus.audio.duration > BATCH_S):
            yield batch
            batch, seconds = [], 0.0
        batch.append(stimulus)
        seconds += stimulus.audio.duration
    if batch:
        yield batch
