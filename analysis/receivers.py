"""What happens here when an app below has finished something: predictions are queued."""

from typing import Any

from analysis import tasks


def predict_finished_run(sender: Any, run_digest: str, **_: Any) -> None:
    """Queue the predictions of a run for every study of its corpus."""
    tasks.queue(tasks.predict_run, run_digest)


def predict_planned_version(sender: Any, version_pk: int, **_: Any) -> None:
    """Queue the predictions of every finished run for a study version."""
    tasks.queue(tasks.predict_planned, version_pk)
