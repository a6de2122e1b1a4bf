"""Switchboard dialogue acts as text: one file a dialogue, a line `speaker|utterance|tag` for each utterance.

The file's name is the dialogue's. No times. A folder may hold the parts `train`, `val` and `test`; the part is kept
as the attribute `split`.
"""

from collections.abc import Iterator
from pathlib import Path

from corpus.dialogues import Turn
from corpus.importers.dialogues._base import Draft, Format, Options, Reading, Source
from corpus.importers.dialogues._files import files_below, lines_of

_PARTS = {
    "train": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
}
_MEND = "Write speaker|utterance|tag"


def sources(path: Path) -> list[Source]:
    """Return the files of a folder; where it has parts, only theirs, for lists of labels lie beside them."""
    files = files_below(path, ".txt")
    parted = [file for file in files if file.parent.name in _PARTS]
    return [Source((file,)) for file in (parted or files)]


def read(source: Source, options: Options) -> Iterator[Reading]:
    """Read one dialogue."""
    (path,) = source.files
    draft = Draft(str(path), path.stem)
    if path.parent.name in _PARTS:
        draft.attributes["split"] = _PARTS[path.parent.name]
    for number, line in enumerate(lines_of(path, draft), start=1):
        if line.strip():
            _read_line(draft, number, line)
    yield draft.reading()


def _read_line(draft: Draft, number: int, line: str) -> None:
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) != 3:
        what = f"the line has {len(cells)} parts between | and not 3"
        draft.fault(number, "", what, _MEND)
        return
    speaker, text, tag = cells
    draft.add(Turn(speaker, text, tag=tag), number)


FORMAT = Format("swda", "Switchboard dialogue-act text: speaker|utterance|tag, one file a dialogue", sources, read)
