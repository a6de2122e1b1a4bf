"""Fisher transcripts: `12.30 14.05 A: words`, one utterance a line; lines that begin with # are remarks.

The file's name is the dialogue's. Double brackets around words that the transcriber was not sure of go.
"""

import re
from collections.abc import Iterator

from corpus.dialogues import Turn
from corpus.importers.dialogues._base import Draft, Format, Options, Reading, Source
from corpus.importers.dialogues._files import by_ending, lines_of, seconds

_LINE = re.compile(r"(\S+)\s+(\S+)\s+([^\s:]+):\s*(.*)")
_DOUBT = re.compile(r"\(\(|\)\)")


def read(source: Source, options: Options) -> Iterator[Reading]:
    """Read one dialogue."""
    (path,) = source.files
    draft = Draft(str(path), path.stem)
    for number, line in enumerate(lines_of(path, draft), start=1):
        if line.strip() and not line.startswith("#"):
            _read_line(draft, number, line.strip())
    yield draft.reading()


def _read_line(draft: Draft, number: int, line: str) -> None:
    match = _LINE.fullmatch(line)
    if not match:
        draft.fault(number, "", "the line is no utterance", "Write start, end, speaker: words, as in 12.30 14.05 A: oh")
        return
    try:
        start, end = seconds(match[1]), seconds(match[2])
    except ValueError as error:
        draft.fault(number, "", str(error), "Give seconds, such as 12.35")
        return
    text = " ".join(_DOUBT.sub(" ", match[4]).split())
    if not text:
        draft.note(f"line {number}: nothing could be understood in it; it was passed over")
        return
    draft.add(Turn(match[3], text, start=start, end=end), number)


FORMAT = Format("fisher", "Fisher transcripts: 12.30 14.05 A: words", by_ending(".txt"), read)
