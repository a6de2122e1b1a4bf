"""What can be wrong with an audio file, told so that it can be mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import DomainError


@dataclass(frozen=True, slots=True)
class AudioFault:
    """One thing wrong with a file (`column` is `path`) or with the channel asked for (`column` is `channel`)."""

    what: str
    mend: str
    column: str = "path"


class AudioFaultsError(DomainError):
    """An audio file cannot be used; `faults` lists everything wrong with it."""

    def __init__(self, path: Path, faults: Sequence[AudioFault]) -> None:
        self.path = path
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{path}: {fault.what}. {fault.mend}" for fault in self.faults))
