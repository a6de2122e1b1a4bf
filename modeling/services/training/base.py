"""What every kind of training provides, and what it is given. One kind is one module in `kinds`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from corpus.models import Corpus
from modeling.models import TrainingRun


@dataclass(frozen=True, slots=True)
class Table:
    """A table of figures, for the terminal and the run's page; the first cell of a row heads it.

    `note` says below the caption what is to be known of all of it.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A clip on a map: what it is called, what is written beside it, and where it lies."""

    key: str
    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class SpotMap:
    """A map in two dimensions for the run's page; one unit is as long across as up. `words` say what it shows."""

    caption: str
    words: str
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How training ended: with figures, or stopped before the end (None) with a checkpoint at `step`."""

    metrics: dict[str, Any] | None
    step: int
    total: int


class Listener(Protocol):
    """Who is told how training goes, and may stop it (`services.training.listening`)."""

    def say(self, text: str) -> None:
        """Take in what begins now."""

    def at(self, *, step: int, total: int, speed: float | None = None) -> None:
        """Take in that `step` of `total` steps are done, at `speed` tokens or items a second. After every step."""

    def point(self, step: int, split: str, name: str, value: float) -> None:
        """Take in one point of a curve."""

    def saved(self, step: int) -> None:
        """Take in that everything up to this step is on disk."""

    def stop(self) -> bool:
        """Tell whether to save a checkpoint and stop. Raises `LeaseLostError` where another worker has taken over."""


class Kind(ABC):
    """A kind of training. Heavy libraries are imported inside `train`, never with the module."""

    title: ClassVar[str]
    """What people call it."""
    queue: ClassVar[str] = "gpu"
    """The queue that its runs wait in."""
    data_word: ClassVar[str] = "tokens"
    """What its speed counts."""
    curve_over: ClassVar[str] = "step"
    """What the points of its curves are numbered by."""
    curve_names: ClassVar[Mapping[str, str]] = {}
    """What people call a curve, where that is not its name."""

    @abstractmethod
    def complete(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings checked and complete, as JSON holds them; raise `ValueError` saying what to write."""

    @abstractmethod
    def label(self, settings: Mapping[str, Any]) -> str:
        """Return the short name for figures of complete settings."""

    @abstractmethod
    def data_digest(self, corpus: Corpus | None, settings: Mapping[str, Any]) -> str:
        """Return the SHA-256 of what is trained on; raise `RunError` where there is nothing to train on."""

    @abstractmethod
    def train(self, run: TrainingRun, folder: Path, listener: Listener) -> Outcome:
        """Train, going on from what lies in `folder`; raise an error with `reason` and `advice` where it cannot."""

    @abstractmethod
    def tables(self, metrics: Mapping[str, Any]) -> Sequence[Table]:
        """Return a finished run's figures as tables."""

    def map_of(self, metrics: Mapping[str, Any]) -> SpotMap | None:
        """Return the map that a finished run made, of a kind that makes one."""
        return None
