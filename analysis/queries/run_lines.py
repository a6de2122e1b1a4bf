"""Embedding runs as the study page shows them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from modeling.enums import RunState
from modeling.models import EmbeddingRun

# A run that nobody has taken up for so long waits for a worker that is not there.
PATIENCE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class RunLine:
    """An embedding run as the page shows it."""

    label: str
    encoder: str
    digest: str
    state: str
    state_label: str
    done: int
    total: int
    reason: str
    advice: str
    waits_for_worker: bool

    @property
    def unfinished(self) -> bool:
        """Whether a worker has still to do it."""
        return self.state in (RunState.QUEUED, RunState.RUNNING)


def runs_of(corpus_pk: int) -> list[RunLine]:
    """Return every embedding run of a corpus, in one query."""
    now = timezone.now()
    runs = EmbeddingRun.objects.filter(corpus=corpus_pk).order_by("encoder", "label", "-created_at")
    return [_line(run, now) for run in runs]


def _line(run: EmbeddingRun, now: datetime) -> RunLine:
    waits = run.state == RunState.QUEUED and now - run.created_at > PATIENCE
    abandoned = run.state == RunState.RUNNING and run.lease_until is not None and run.lease_until < now
    return RunLine(
        label=run.label,
        encoder=run.encoder,
        digest=run.digest,
        state=run.state,
        state_label=str(RunState(run.state).label),
        done=run.done,
        total=run.total,
        reason=run.reason,
        advice=run.advice,
        waits_for_worker=waits or abandoned,
    )
