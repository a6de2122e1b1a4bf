"""Runs as they stand."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from corpus.models import Corpus, Stimulus
from modeling.enums import RunState
from modeling.errors import RunError
from modeling.models import EmbeddingRun, LeasedRun

UNFINISHED = (RunState.QUEUED, RunState.RUNNING)


def run_by_digest(digest: str) -> EmbeddingRun:
    """Return the run with this digest; raise `RunError` if there is none."""
    run = EmbeddingRun.objects.select_related("corpus").filter(digest=digest).first()
    if run is None:
        raise RunError(f"There is no embedding run {digest[:12]}.")
    return run


def corpus_by_slug(slug: str) -> Corpus | None:
    """Return the corpus of that name, if there is one."""
    return Corpus.objects.filter(slug=slug).first()


def unfinished_runs() -> list[EmbeddingRun]:
    """Return the runs that a worker has still to do."""
    return list(EmbeddingRun.objects.filter(state__in=UNFINISHED).order_by("created_at"))


def lease_free_at(run: LeasedRun) -> datetime:
    """Return when the run may be taken: now, or when the lease of the worker that is at it ends."""
    now = timezone.now()
    return max(run.lease_until or now, now)


def missing_stimuli(run: EmbeddingRun) -> QuerySet[Stimulus]:
    """Return the stimuli that the run has not embedded, those of like duration together."""
    done = run.embeddings.values("stimulus_id")
    stimuli = run.corpus.stimuli.exclude(pk__in=done).select_related("audio")
    return stimuli.order_by("audio__duration", "pk")


def audio_paths(stimuli: Sequence[Stimulus]) -> list[Path]:
    """Return where the original audio of each stimulus lies."""
    return [Path(settings.MEDIA_ROOT) / stimulus.audio.path for stimulus in stimuli]
