"""CSV with a header: `speaker,start,end,text`, and `dialogue`, `tag` and `person` where there are such columns.

Without a column `dialogue` the file is one dialogue and gives it its name. Other columns are not kept.
"""

from collections.abc import Iterator

from corpus.dialogues import Turn
from corpus.importers.dialogues._base import Draft, Format, Options, Reading, Source
from corpus.importers.dialogues._files import by_ending, seconds
from corpus.importers.table import Row, read_table

REQUIRED = ("speaker", "text")


def read(source: Source, options: Options) -> Iterator[Reading]:
    """Read every dialogue of a file."""
    (path,) = source.files
    table = read_table(path, required=REQUIRED)
    whole = Draft(table.file, path.stem, faults=list(table.faults))
    drafts: dict[str, Draft] = {}
    if not any(fault.line <= 1 for fault in table.faults):
        for row in table.rows:
            key = row.cells.get("dialogue", path.stem)
            _read_row(drafts.setdefault(key, Draft(table.file, key, row.line)), row)
    if whole.faults or not drafts:
        yield whole.reading()
    for draft in drafts.values():
        yield draft.reading()


def _read_row(draft: Draft, row: Row) -> None:
    times: dict[str, float | None] = {}
    for column in ("start", "end"):
        text = row.cells.get(column, "")
        try:
            times[column] = seconds(text) if text else None
        except ValueError as error:
            draft.fault(row.line, column, str(error), "Give seconds, such as 12.35, or leave both empty")
            return
    cells = row.cells
    turn = Turn(
        cells["speaker"], " ".join(cells["text"].split()), (), times["start"], times["end"], cells.get("tag", "")
    )
    draft.add(turn, row.line, cells.get("person", ""))


FORMAT = Format("csv", "CSV with the columns speaker, start, end, text", by_ending(".csv"), read)
