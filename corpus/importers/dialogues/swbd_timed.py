"""Word-timed Switchboard: `Speaker: 4519A` heads a channel, then one word a line, separated by tabs.

A word's line is `(turn:utterance:word)`, start, end, the word, its part of speech, marks that end in
`<diact type="…"/>`. Words of one turn:utterance with one tag are an utterance. The tag may hold a bare double quote,
so this is neither CSV nor XML and is read as it is. `$unc$` before a word says that the transcriber was not sure, and
goes.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from corpus.dialogues import Turn, Word
from corpus.importers.dialogues._base import Draft, Format, Options, Reading, Source, span_of
from corpus.importers.dialogues._files import by_ending, lines_of, seconds

_SPEAKER = re.compile(r"Speaker:\s*(\S+?)([A-Z])")
_PLACE = re.compile(r"\((\d+):(\d+):(\d+)\)")
_TAG = re.compile(r'<diact type="(.*)"/>')
_DOUBT = re.compile(r"\$[a-z]+\$")
_MEND = 'Write (turn:utterance:word), start, end, word, part of speech and <diact type="…"/> with tabs between'


class _Line(NamedTuple):
    number: int
    place: tuple[str, str]
    tag: str
    word: Word


def read(source: Source, options: Options) -> Iterator[Reading]:
    """Read every dialogue of a file; its channels may stand anywhere in it."""
    (path,) = source.files
    whole = Draft(str(path), path.stem)
    drafts: dict[str, Draft] = {}
    current: tuple[Draft, str] | None = None
    words: list[_Line] = []
    for number, line in enumerate(lines_of(path, whole), start=1):
        if line.startswith("Speaker"):
            _close(current, words)
            current = _channel(whole, drafts, number, line)
        elif line.strip():
            _take(whole, current, words, number, line)
    _close(current, words)
    if whole.faults or not drafts:
        yield whole.reading()
    for draft in drafts.values():
        yield draft.reading()


def _channel(whole: Draft, drafts: dict[str, Draft], number: int, line: str) -> tuple[Draft, str]:
    """Return the dialogue and the channel that a header names."""
    match = _SPEAKER.fullmatch(line.strip())
    if not match:
        mend = "Name the dialogue and the channel, such as Speaker: 4519A"
        whole.fault(number, "", f"{line.strip()!r} names no channel", mend)
        return Draft(whole.file, "?"), "?"
    key, tag = match.groups()
    draft = drafts.setdefault(key, Draft(whole.file, key, number))
    if tag in draft.speakers:
        draft.fault(number, "", f"channel {tag} of {key} was there already", "Give each channel once")
    draft.meet(tag, "", number)
    return draft, tag


def _take(whole: Draft, current: tuple[Draft, str] | None, words: list[_Line], number: int, line: str) -> None:
    if current is None:
        whole.fault(number, "", "there is a word before the first channel", "Begin with a line such as Speaker: 4519A")
        return
    draft, _ = current
    read_line = _read_line(draft, number, line)
    if read_line is None:
        return
    if words and (words[0].place, words[0].tag) != (read_line.place, read_line.tag):
        _close(current, words)
    words.append(read_line)


def _read_line(draft: Draft, number: int, line: str) -> _Line | None:
    cells = line.split("\t")
    if len(cells) != 6:
        draft.fault(number, "", f"the line has {len(cells)} cells between tabs and not 6", _MEND)
        return None
    place, tag = _PLACE.fullmatch(cells[0]), _TAG.search(cells[5])
    if not place or not tag:
        missing = cells[0] if not place else cells[5]
        draft.fault(number, "", f"{missing!r} cannot be read", _MEND)
        return None
    try:
        word = Word(_DOUBT.sub("", cells[3]), seconds(cells[1]), seconds(cells[2]))
    except ValueError as error:
        draft.fault(number, "", str(error), "Give seconds, such as 12.35")
        return None
    return _Line(number, (place[1], place[2]), tag[1], word)


def _close(current: tuple[Draft, str] | None, words: list[_Line]) -> None:
    """Make an utterance of the words gathered so far."""
    if current and words:
        draft, tag = current
        said = tuple(line.word for line in words)
        start, end = span_of(said)
        text = " ".join(word.word for word in said)
        draft.add(Turn(tag, text, said, start, end, words[0].tag), words[0].number)
    words.clear()


FORMAT = Format("swbd-timed", "word-timed Switchboard, tab-separated", by_ending(".csv", ".tsv", ".txt"), read)
