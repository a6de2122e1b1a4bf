"""Find the files of a format and decode them, saying which line cannot be read."""

import math
import re
from collections.abc import Callable
from pathlib import Path

from corpus.importers.dialogues._base import Draft, Source

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def by_ending(*endings: str) -> Callable[[Path], list[Source]]:
    """Return a finder that takes a file as it is, and of a folder every file below it with one of the endings."""

    def sources(path: Path) -> list[Source]:
        return [Source((file,)) for file in files_below(path, *endings)]

    return sources


def files_below(path: Path, *endings: str) -> list[Path]:
    """Return the file at `path`, or the files below that folder that end so (whatever their case), in order."""
    if not path.is_dir():
        return [path]
    found = (file for file in path.rglob("*") if file.name.lower().endswith(endings) and file.is_file())
    return sorted(file for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts))


def lines_of(path: Path, draft: Draft) -> list[str]:
    """Return the lines of a file as editors count them; what cannot be decoded is a fault (see `text_of`)."""
    lines = text_of(path, draft).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if not lines[-1] else lines


def text_of(path: Path, draft: Draft) -> str:
    """Return the text of a UTF-8 file (UTF-16 if its first bytes say so), empty where it cannot be had.

    That, and each line that cannot be decoded, is a fault of the draft.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        mend = "Check the path and your right to read it"
        draft.fault(0, "", f"cannot be opened ({error.strerror})", mend, str(path))
        return ""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _utf16(path, content, draft)
    if not content.isascii():
        _check_utf8(path, content, draft)
    return content.decode("utf-8-sig", errors="replace")


def seconds(text: str) -> float:
    """Return the seconds that a text names; raise `ValueError` saying what it is instead."""
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not a number of seconds")
    return value + 0.0  # -0 becomes 0


def _utf16(path: Path, content: bytes, draft: Draft) -> str:
    try:
        return content.decode("utf-16")
    except UnicodeDecodeError as error:
        line = content[: error.start].decode("utf-16", errors="replace").count("\n") + 1
        draft.fault(line, "", "the line is not UTF-16, as the file says it is", "Save the file as UTF-8", str(path))
        return ""


def _check_utf8(path: Path, content: bytes, draft: Draft) -> None:
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            what = f"byte {error.start + 1} of the line is not UTF-8"
            mend = "Save the file as UTF-8 (it looks like Latin-1 or Windows-1252)"
            draft.fault(number, "", what, mend, str(path))
