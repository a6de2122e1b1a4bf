"""Following a run that a worker does."""

import time
from collections.abc import Callable

from kombu.exceptions import OperationalError

from modeling.enums import RunState
from modeling.errors import RunError
from modeling.management.progress import ProgressLine, TrainingLine
from modeling.models import LeasedRun, TrainingRun
from modeling.queries.runs import UNFINISHED
from modeling.tasks import queue_training

NO_WORKER_S = 20.0
"""Seconds after which a run that nobody has taken up is said to wait for a worker."""
LOOK_EVERY_S = 0.3


def queue(run: TrainingRun) -> None:
    """Queue the run; raise `RunError` where the queue cannot be reached."""
    ask_for(run, queue_training, without="train")


def ask_for(run: LeasedRun, put: Callable[[str], None], *, without: str) -> None:
    """Queue a run by `put`; raise `RunError`, which says what `without` a queue can be done, where it is away."""
    try:
        put(run.digest)
    except OperationalError as error:
        raise RunError(
            f"The queue cannot be reached ({error}). Start the system with `make run`, or {without} here with --here. "
            "The run is kept and goes on then."
        ) from error


def follow(run: TrainingRun, line: TrainingLine) -> None:
    """Show progress until the run ends; Ctrl-C stops showing and leaves the run to its worker."""
    try:
        watch(run, line)
    except KeyboardInterrupt:
        line.end()
        line.say(f"The run goes on without this window. To stop it: manage.py cancel_training {run.digest[:12]}")
    line.end()


def watch(run: LeasedRun, line: ProgressLine) -> None:
    """Show progress until the run ends."""
    began, told = time.monotonic(), False
    while run.state in UNFINISHED:
        time.sleep(LOOK_EVERY_S)
        run.refresh_from_db()
        line.show(run)
        if run.state == RunState.QUEUED and not told and time.monotonic() - began > NO_WORKER_S:
            line.end()
            line.say("No worker has taken it up. Is one running (`make run`)? Ctrl-C leaves the run queued.")
            told = True
