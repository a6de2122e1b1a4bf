"""What a training run tells while it goes on, and how it is asked to stop."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Progress:
    """How far training is. `loss` in nats a token; `tokens_s` and `seconds_left` at the present pace."""

    step: int
    total: int
    loss: float
    tokens_s: float
    seconds_left: float


class Report(Protocol):
    """Who listens to a run."""

    def say(self, text: str) -> None:
        """Take in a line about what begins now, such as `perplexity before training`."""

    def progress(self, progress: Progress) -> None:
        """Take in how far it is, after every step."""

    def point(self, step: int, split: str, name: str, value: float) -> None:
        """Take in one point of a curve."""

    def saved(self, step: int) -> None:
        """Take in that everything up to this step is on disk."""

    def stop(self) -> bool:
        """Tell whether to stop after the step at hand, with a checkpoint."""


class Silent:
    """A report that nobody listens to: of the processes beside the first."""

    def say(self, text: str) -> None:
        """Take in nothing."""

    def progress(self, progress: Progress) -> None:
        """Take in nothing."""

    def point(self, step: int, split: str, name: str, value: float) -> None:
        """Take in nothing."""

    def saved(self, step: int) -> None:
        """Take in nothing."""

    def stop(self) -> bool:
        """Never ask to stop: the first process does."""
        return False
