"""`dialogues.jsonl`: one dialogue a line, as docs/formats.md describes it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from corpus.dialogues import Turn, Word
from corpus.dialogues.splits import SPLITS
from corpus.importers.dialogues._base import Draft, Format, Options, Reading, Source, span_of
from corpus.importers.dialogues._files import by_ending

_LAST = 1e9  # seconds, thirty years: JSON holds whole numbers that no float does


class _ValueError(Exception):
    def __init__(self, where: str, what: str, mend: str) -> None:
        self.where, self.what, self.mend = where, what, mend


def read(source: Source, options: Options) -> Iterator[Reading]:
    """Read every dialogue of a file, one line in memory at a time."""
    (path,) = source.files
    whole, given = Draft(str(path), path.stem), 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    given += 1
                    yield _read_line(str(path), number, line)
    except OSError as error:
        whole.fault(0, "", f"cannot be opened ({error.strerror})", "Check the path and your right to read it")
    if whole.faults or not given:
        yield whole.reading()


def _read_line(file: str, number: int, line: bytes) -> Reading:
    draft = Draft(file, f"line {number}", number)
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        draft.fault(number, "", f"byte {error.start + 1} of the line is not UTF-8", "Save the file as UTF-8")
        return draft.reading()
    try:
        value = json.loads(text)
    except RecursionError:
        draft.fault(number, "", "its lists and objects are nested too deeply", "Write the keys of docs/formats.md")
        return draft.reading()
    except json.JSONDecodeError as error:
        draft.fault(
            number, "", f"this is no JSON ({error.msg} at character {error.pos + 1})", "Write one object a line"
        )
        return draft.reading()
    try:
        value = _an(dict, value, "", "an object")
        draft.key = str(_an(str, value.get("dialogue"), "dialogue", "a name"))
        turns = _an(list, value.get("turns"), "turns", "a list")
        people = _an(dict, value.get("speakers", {}), "speakers", "an object of tags and people")
        _check_split(value.get("split"))
    except _ValueError as error:
        draft.fault(number, error.where, error.what, error.mend)
        return draft.reading()
    draft.speakers |= {str(tag): str(person or "") for tag, person in people.items()}
    draft.attributes |= _attributes(value)
    for place, turn in enumerate(turns):
        try:
            draft.add(_turn(turn, f"turns[{place}]"), number)
        except _ValueError as error:
            draft.fault(number, error.where, error.what, error.mend)
    return draft.reading()


def _turn(value: Any, where: str) -> Turn:
    turn = _an(dict, value, where, "an object")
    speaker = _an(str, turn.get("speaker"), f"{where}.speaker", "a tag such as A")
    words = tuple(
        _word(word, f"{where}.words[{place}]")
        for place, word in enumerate(_an(list, turn.get("words", []), f"{where}.words", "a list"))
    )
    text = _an(str, turn.get("text", " ".join(word.word for word in words)), f"{where}.text", "a text")
    start, end = _time(turn, "start", where), _time(turn, "end", where)
    if start is None and end is None:
        start, end = span_of(words)
    tag = _an(str, turn.get("tag") or "", f"{where}.tag", "a text")
    timed = words if words and all(word.start is not None for word in words) else ()
    return Turn(speaker, " ".join(text.split()), timed, start, end, tag)


def _word(value: Any, where: str) -> Word:
    if isinstance(value, str):
        return Word(value, None, None)
    word = _an(dict, value, where, "an object or a text")
    start, end = _time(word, "start", where), _time(word, "end", where)
    if (start is None) != (end is None):
        raise _ValueError(where, "it has only one of start and end", "Give both or neither")
    return Word(_an(str, word.get("word"), f"{where}.word", "a text"), start, end)


def _time(value: Mapping[str, Any], name: str, where: str) -> float | None:
    found = value.get(name)
    if found is None:
        return None
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    if not is_number or not abs(found) <= _LAST:
        raise _ValueError(
            f"{where}.{name}", f"{str(found)[:40]!r} is not a number of seconds", "Give seconds, such as 12.35"
        )
    return float(found) + 0.0


def _an(kind: type, value: Any, where: str, called: str) -> Any:
    if not isinstance(value, kind):
        what = "it is missing" if value is None else f"it is {json.dumps(value)[:40]}"
        raise _ValueError(where, what, f"Give {called}")
    return value


def _check_split(split: Any) -> None:
    if split is not None and split not in SPLITS:
        raise _ValueError("split", f"{split!r} is no part", f"Write {', '.join(SPLITS)}, or leave it out")


def _attributes(value: Mapping[str, Any]) -> dict[str, str]:
    known = {"dialogue", "turns", "speakers"}
    return {k: v if isinstance(v, str) else json.dumps(v) for k, v in value.items() if k not in known and v is not None}


FORMAT = Format("jsonl", "dialogues.jsonl: one dialogue a line", by_ending(".jsonl"), read)
