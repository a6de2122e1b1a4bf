"""Writes to the database how a run goes, and hears there whether it was cancelled."""

import time
from collections.abc import Callable

from modeling.enums import RunState
from modeling.errors import LeaseLostError
from modeling.models import TrainingRun
from modeling.services.training import runs

WRITE_EVERY_S = 1.0
"""Seconds between writes: steps of a small model are many in a second."""

Progress = Callable[[TrainingRun], None]
Point = tuple[int, str, str, float]


class RunListener:
    """The listener of the worker that holds the run."""

    def __init__(self, run: TrainingRun, owner: str, *, progress: Progress, stopping: Callable[[], bool]) -> None:
        self._run, self._owner = run, owner
        self._progress, self._stopping = progress, stopping
        self._points: list[Point] = []
        self._written: float | None = None

    def say(self, text: str) -> None:
        """Store what begins now."""
        self._run.phase = text
        runs.record_phase(run=self._run, owner=self._owner, phase=text)
        self._progress(self._run)

    def at(self, *, step: int, total: int, speed: float | None = None) -> None:
        """Show the step, and store it once a second; the first one starts the clock."""
        run = self._run
        if self._written is None:
            runs.begin_steps(run=run, owner=self._owner, done=max(step - 1, 0))
            run.refresh_from_db(fields=["taken_at", "done_when_taken"])
        run.done, run.total, run.speed = step, total, speed
        self._progress(run)
        if self._written is None or time.monotonic() - self._written > WRITE_EVERY_S or step == total:
            self._write()

    def point(self, step: int, split: str, name: str, value: float) -> None:
        """Keep the point until the next write."""
        self._points.append((step, split, name, value))

    def saved(self, step: int) -> None:
        """Store it at once: from here a killed worker's run goes on."""
        self._write()
        runs.record_saved(run=self._run, owner=self._owner, step=step)

    def stop(self) -> bool:
        """Tell whether the worker is being stopped or the run was cancelled."""
        return self._stopping() or not self._still_ours()

    def flush(self) -> None:
        """Store what is left."""
        self._write()

    def _write(self) -> None:
        if not self._still_ours():
            return
        run = self._run
        runs.record_step(run=run, owner=self._owner, step=run.done, total=run.total, speed=run.speed)
        if self._points:
            runs.record_points(run=run, owner=self._owner, points=self._points)
            self._points = []
        self._written = time.monotonic()

    def _still_ours(self) -> bool:
        """Return False where the run was cancelled; raise `LeaseLostError` where another worker is at it."""
        row = TrainingRun.objects.only("state", "lease_owner").get(pk=self._run.pk)
        if row.state == RunState.CANCELLED:
            return False
        if row.state != RunState.RUNNING or row.lease_owner != self._owner:
            raise LeaseLostError(self._run.label)
        return True
