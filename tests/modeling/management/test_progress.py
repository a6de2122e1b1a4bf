"""The line that shows how far a run is."""

import io

import pytest

from modeling.management import progress
from modeling.management.progress import ProgressLine
from modeling.models import EmbeddingRun


class Terminal(io.StringIO):
    """Output that says whether a person watches, and ends lines as a command's output does."""

    def __init__(self, *, watched: bool) -> None:
        super().__init__()
        self.watched = watched

    def isatty(self) -> bool:
        return self.watched

    def write(self, msg: str = "", *, ending: str | None = None) -> int:  # type: ignore[override]
        return super().write(msg + ("\n" if ending is None else ending))


def run(done: int, total: int = 200) -> EmbeddingRun:
    return EmbeddingRun(done=done, total=total)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_the_rate_counts_only_what_was_done_since(clock: list[float]) -> None:
    line = ProgressLine(Terminal(watched=True))
    line.show(run(100))
    clock[0] += 10
    assert line.text(run(150)) == "█" * 22 + "░" * 8 + "  150 of 200   5 a second   10 s left"


def test_nothing_done_yet_has_no_rate_and_an_empty_run_is_no_error(clock: list[float]) -> None:
    line = ProgressLine(Terminal(watched=False))
    assert line.text(run(0)) == "░" * 30 + "  0 of 200"
    assert line.text(run(0, 0)) == "░" * 30 + "  0 of 0"


def test_a_log_file_gets_a_line_for_every_tenth_and_a_person_one_line() -> None:
    file, person = Terminal(watched=False), Terminal(watched=True)
    for out in (file, person):
        line = ProgressLine(out)
        for done in range(0, 201, 5):
            line.show(run(done))
        line.end()
    assert len(file.getvalue().splitlines()) == 11
    assert person.getvalue().count("\n") == 1
    assert "\r" not in file.getvalue()
