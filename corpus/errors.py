"""Errors that a user can mend. Every app's own errors derive from `DomainError`."""

from collections.abc import Sequence
from dataclasses import dataclass


class DomainError(Exception):
    """Something the user can mend; the message says what is wrong and what to do next."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a file that is being imported.

    `line` counts from 1 (the header is line 1) and is 0 for the file as a whole; `column` is the name of a column,
    or empty.
    """

    file: str
    line: int
    column: str
    what: str
    mend: str

    def __str__(self) -> str:
        where = self.file + (f":{self.line}" if self.line else "") + (f" ({self.column})" if self.column else "")
        return f"{where}: {self.what}. {self.mend}"


class ImportFaultsError(DomainError):
    """A file cannot be imported; `faults` lists everything wrong with it. Nothing was stored."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        noun = "fault" if len(self.faults) == 1 else "faults"
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{len(self.faults)} {noun}; nothing was stored:\n{lines}")
