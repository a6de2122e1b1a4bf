"""One thing that was found, how bad it is, and how to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

EXAMPLES = 5


class Severity(StrEnum):
    """A fault must be mended before going live; a warning should be understood; a note is for planning."""

    FAULT = "fault"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one side of a study, and how to mend it (empty where nothing is to be done)."""

    severity: Severity
    about: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        mend = f" {self.mend}" + ("" if self.mend.endswith("?") else ".") if self.mend else ""
        return f"{self.about}: {self.what}.{mend}"


def fault(about: str, what: str, mend: str) -> Finding:
    """Return what must be mended."""
    return Finding(Severity.FAULT, about, what, mend)


def warning(about: str, what: str, mend: str) -> Finding:
    """Return what should be understood, and most often mended."""
    return Finding(Severity.WARNING, about, what, mend)


def note(about: str, what: str, mend: str = "") -> Finding:
    """Return what is good to know."""
    return Finding(Severity.NOTE, about, what, mend)


def listed(names: Sequence[str]) -> str:
    """Return names for a message, the first few of many.

    >>> listed(["a", "b"]), listed([str(number) for number in range(7)])
    ('a, b', '0, 1, 2, 3, 4 and 2 more')
    """
    more = f" and {len(names) - EXAMPLES} more" if len(names) > EXAMPLES else ""
    return ", ".join(names[:EXAMPLES]) + more


def plural(count: int, noun: str) -> str:
    """Return a number of things.

    >>> plural(1, "clip"), plural(3, "clip")
    ('1 clip', '3 clips')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
