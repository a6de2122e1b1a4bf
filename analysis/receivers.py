"""What happens here when an app below has finished something: predictions are queued, erased people forgotten."""

from typing import Any

from analysis import tasks
from analysis.services.snapshots import forget_erased
from annotations.models import Erasure, StudyVersion
from annotations.study_file.schema import definition_of

PAGES_BETWEEN = 10


def predict_finished_run(sender: Any, run_digest: str, **_: Any) -> None:
    """Queue the predictions of a run for every study of its corpus."""
    tasks.queue(tasks.predict_run, run_digest)


def predict_planned_version(sender: Any, version_pk: int, **_: Any) -> None:
    """Queue the predictions of every finished run for a study version."""
    tasks.queue(tasks.predict_planned, version_pk)


def prioritise_next(sender: Any, version_pk: int, page: int, **_: Any) -> None:
    """Queue new priorities of an adaptive study with every tenth page of each participant."""
    if (page + 1) % PAGES_BETWEEN:
        return
    version = StudyVersion.objects.defer("source", "consent").get(pk=version_pk)
    by = definition_of(version).allocation.priority_by
    if by:
        tasks.queue(tasks.prioritise_trials, version_pk, by)


def forget_listener(sender: Any, instance: Erasure, created: bool, **_: Any) -> None:
    """Take whoever is erased out of the stored figures of single listeners, in the same transaction."""
    if created:
        forget_erased(study_pk=instance.study_id, key_sha256=instance.participant_key_sha256)
