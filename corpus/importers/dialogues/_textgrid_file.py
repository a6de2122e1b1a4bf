r"""Parse Praat's TextGrid text files, long, short, or as ELAN writes them, keeping line numbers.

Praat reads from a text file only free-standing numbers, texts in double quotes, and flags in angle brackets; all else,
such as `xmin =` or `intervals [1]:`, is for people, and `!` begins a remark. So the long and the short form are one.

Source: Praat manual, "TextGrid file formats".

>>> text = 'File type = "ooTextFile"\nObject class = "TextGrid"\n0 1 <exists> 1 "IntervalTier" "A" 0 1 1 0 1 "oh"'
>>> parse(text)[0].intervals
[Interval(line=3, start=0.0, end=1.0, text='oh')]
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<remark>(?<!\S)![^\n]*)
    |(?<!\S)"(?P<text>(?:[^"]|"")*)"
    |(?<!\S)(?P<open>")
    |(?<!\S)<(?P<flag>\w+)>
    |(?<!\S)(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?!\S)""",
    re.VERBOSE,
)
_MEND = "Open it in Praat and save it again as a text file"
_INTERVALS, _POINTS = "IntervalTier", "TextTier"


class TextGridError(Exception):
    """The file cannot be read further; `line` (0: the whole), `what` is wrong and how to `mend` it."""

    def __init__(self, line: int, what: str, mend: str = _MEND) -> None:
        super().__init__(what)
        self.line, self.what, self.mend = line, what, mend


class Interval(NamedTuple):
    """A stretch of a tier, in seconds, and the line that it begins on; spaces and line breaks in its text are one."""

    line: int
    start: float
    end: float
    text: str


@dataclass(slots=True)
class Tier:
    """A tier; one of points has no intervals."""

    line: int
    name: str
    holds_points: bool
    intervals: list[Interval] = field(default_factory=list)


class _Token(NamedTuple):
    line: int
    kind: str
    value: str


def parse(text: str) -> list[Tier]:
    """Return the tiers of a TextGrid. Raises `TextGridError` at the first thing that cannot be read."""
    if text.startswith("ooBinaryFile"):
        raise TextGridError(0, "this is a binary TextGrid", "Save it in Praat as a text file")
    if text.lstrip().startswith('"Praat chronological TextGrid'):
        raise TextGridError(1, "this is a chronological TextGrid", _MEND)
    reader = _Reader(text)
    for expected in ("ooTextFile", "TextGrid"):
        line, found = reader.text("the kind of file")
        if found != expected:
            raise TextGridError(line, f"this is no TextGrid: it says {found[:40]!r} and not {expected!r}", _MEND)
    reader.number("the beginning")
    reader.number("the end")
    if reader.flag() != "exists":
        return []
    return [_tier(reader) for _ in range(reader.count("the number of tiers"))]


def _tier(reader: "_Reader") -> Tier:
    line, kind = reader.text("the class of a tier")
    if kind not in (_INTERVALS, _POINTS):
        raise TextGridError(line, f"{kind!r} is no class of tiers", f"Write {_INTERVALS} or {_POINTS}")
    _, name = reader.text("the name of a tier")
    tier = Tier(line, " ".join(name.split()), kind == _POINTS)
    reader.number(f"the beginning of tier {name!r}")
    reader.number(f"the end of tier {name!r}")
    for number in range(1, reader.count(f"the size of tier {name!r}") + 1):
        place = f"of item {number} in tier {name!r}"
        at, start = reader.number(f"the time {place}")
        end = start if tier.holds_points else reader.number(f"the end {place}")[1]
        _, mark = reader.text(f"the text {place}")
        if not tier.holds_points:
            tier.intervals.append(Interval(at, start, end, " ".join(mark.split())))
    return tier


class _Reader:
    """Gives the next token if it is of the kind that has to come."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text.replace("\r\n", "\n").replace("\r", "\n"))
        self._last = 1

    def text(self, what: str) -> tuple[int, str]:
        token = self._next("text", what, "a text in double quotes")
        return token.line, token.value.replace('""', '"')

    def number(self, what: str) -> tuple[int, float]:
        token = self._next("number", what, "a number")
        return token.line, float(token.value) + 0.0  # -0 becomes 0

    def count(self, what: str) -> int:
        token = self._next("number", what, "a whole number")
        if not token.value.isdecimal():
            raise TextGridError(token.line, f"{what} should be a whole number and is {token.value}")
        return int(token.value)

    def flag(self) -> str:
        return self._next("flag", "whether there are tiers", "<exists>").value

    def _next(self, kind: str, what: str, wanted: str) -> _Token:
        token = next(self._tokens, None)
        if token is None:
            raise TextGridError(self._last, f"the file ends where {what} should be ({wanted})")
        self._last = token.line
        if token.kind == "open":
            raise TextGridError(token.line, "a double quote is never closed", 'Close it; double a " inside a text')
        if token.kind != kind:
            raise TextGridError(token.line, f"{what} should be {wanted} and is {token.value[:40]!r}")
        return token


def _tokens(text: str) -> Iterator[_Token]:
    line, place = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", place, match.start())
        place = match.start()
        kind = match.lastgroup or ""
        if kind != "remark":
            yield _Token(line, kind, match[kind])
