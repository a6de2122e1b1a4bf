"""A line in the terminal that shows how far a run is."""

import time
from typing import Protocol

from modeling.durations import in_words
from modeling.models import LeasedRun, TrainingRun
from modeling.services.training.kinds import kind_named

WIDTH = 30


class Output(Protocol):
    """What is written to: Django's wrapper of standard output."""

    def write(self, msg: str = "", *, ending: str | None = None) -> object:
        """Write a message."""

    def flush(self) -> object:
        """Show what was written."""

    def isatty(self) -> bool:
        """Tell whether a person watches."""


class ProgressLine:
    """Shows `█████░░░  96 of 224   12 a second   11 s left`; in a log file only every tenth of the way."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._began = time.monotonic()
        self._first: int | None = None
        self._shown = -1

    def show(self, run: LeasedRun) -> None:
        """Bring the line up to date."""
        if self._first is None:
            self._first = run.done
        tenth = 10 * run.done // max(run.total, 1)
        if self._out.isatty():
            self._out.write("\r" + self.text(run) + "\x1b[K", ending="")
            self._out.flush()
        elif tenth != self._shown:
            self._out.write(self.text(run))
        self._shown = tenth

    def text(self, run: LeasedRun) -> str:
        """Return the line: a bar, the counts and, once some are done, the rate and the time left."""
        filled = WIDTH * run.done // max(run.total, 1)
        text = f"{'█' * filled}{'░' * (WIDTH - filled)}  {run.done} of {run.total}"
        seconds, done = time.monotonic() - self._began, run.done - (self._first or 0)
        if done <= 0 or seconds <= 0:
            return text
        rate = done / seconds
        return f"{text}   {rate:.3g} a second   {(run.total - run.done) / rate:.0f} s left"

    def end(self) -> None:
        """Leave the line as it is and go to the next."""
        if self._shown >= 0 and self._out.isatty():
            self._out.write("")

    def say(self, text: str) -> None:
        """Write a line of its own."""
        self._out.write(text)


class TrainingLine(ProgressLine):
    """Shows `█████░░░  960 of 2089 steps   7,400 a second   3 min left`, and between the steps what is done then."""

    def __init__(self, out: Output) -> None:
        super().__init__(out)
        self._phase = ""

    def show(self, run: LeasedRun) -> None:
        """Bring the line up to date; what begins now gets a line of its own."""
        assert isinstance(run, TrainingRun)
        if run.phase and run.phase != self._phase:
            self.end()
            self.say(run.phase)
            self._phase, self._shown = run.phase, -1
        if run.total and run.done:
            super().show(run)

    def text(self, run: LeasedRun) -> str:
        """Return the line: a bar, the steps, the speed and the time left."""
        assert isinstance(run, TrainingRun)
        filled = WIDTH * run.done // max(run.total, 1)
        text = f"{'█' * filled}{'░' * (WIDTH - filled)}  {run.done} of {run.total} steps"
        if run.speed is not None:
            text += f"   {run.speed:,.0f} {kind_named(run.kind).data_word} a second"
        return text if run.seconds_left is None else f"{text}   {in_words(run.seconds_left)} left"
