"""Training in the process of a command: a signal saves a checkpoint and ends it."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from modeling.enums import RunState
from modeling.errors import RunError
from modeling.management.progress import TrainingLine
from modeling.models import TrainingRun
from modeling.queries.runs import UNFINISHED
from modeling.services import leases
from modeling.services.training.doing import train_run

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """Whether a signal has come; a second one ends the process at once, unless a launcher passes each on `twice`."""

    def __init__(self, line: TrainingLine, *, twice: bool = False) -> None:
        self._line, self._twice = line, twice
        self._asked = False

    def __call__(self) -> bool:
        """Tell whether one has come."""
        return self._asked

    def ask(self, number: int, _frame: Any) -> None:
        """Take in a signal."""
        if self._asked and self._twice:
            return
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
        further = "" if self._twice else "; once more ends it without saving"
        self._line.say(f"{signal.Signals(number).name}: stopping after this step{further}.")


def train_here(run: TrainingRun, line: TrainingLine, *, go_on: str, several: bool = False) -> None:
    """Train until the run ends or a signal comes; then the run is cancelled, with a checkpoint to go on from.

    `several`: this is the first of several processes. Who presses Ctrl-C reaches it and its launcher, which passes the
    signal on.
    """
    owner = f"{socket.gethostname()}:{os.getpid()}"
    stop = Stop(line, twice=several)
    with _signals_to(stop):
        try:
            taken = train_run(digest=run.digest, owner=owner, progress=line.show, stopping=stop)
        except KeyboardInterrupt:
            leases.cancel(run=run)
            raise RunError(f"Ended without saving.\n{go_on}") from None
    line.end()
    run.refresh_from_db()
    if not taken and run.state in UNFINISHED:
        raise RunError(
            "A worker is at this run already; see its progress without --here. One that was killed is forgotten after "
            f"{leases.LEASE.total_seconds():.0f} seconds."
        )
    if stop() and run.state == RunState.QUEUED:
        leases.cancel(run=run)  # whoever stopped it here does not want the next worker to take it up


@contextmanager
def _signals_to(stop: Stop) -> Iterator[None]:
    before = {number: signal.signal(number, stop.ask) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
