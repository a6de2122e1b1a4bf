"""Triplets that others collected: "is left or right more like the centre?", as CSV or as NEXT writes them in JSON."""

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.imports.cells import LONGEST_KEY
from analysis.imports.rows import read_csv_text
from corpus.errors import Fault, ImportFaultsError

COLUMNS = {"participant": "worker_id", "centre": "Center", "left": "Left", "right": "Right", "answer": "Answer"}
"""Which column says what, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Triplet:
    """One answer: the clip among `pair` that is more like `centre`; empty where there was none."""

    line: int
    participant: str
    centre: str
    pair: tuple[str, str]
    answer: str
    stratum: str = ""
    rt_ms: str = ""

    @property
    def trial(self) -> tuple[str, str, str]:
        """The same for all answers about the same three, whichever was on the left: centre and the sorted pair."""
        return (self.centre, *sorted(self.pair))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read: columns by what they say (`stratum` and `rt` too), and the values rows must have (`where`)."""

    columns: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, str]:
        """Every column that is read, by what it says."""
        return COLUMNS | dict(self.columns)


def read_triplets(path: Path, wanted: Wanted) -> list[Triplet]:
    """Read a CSV, NEXT's JSON, or a zip of one; raise `ImportFaultsError` with every fault of the file."""
    try:
        name, content = _unpacked(path)
    except (OSError, zipfile.BadZipFile) as error:
        mend = "Give a CSV, a JSON file of NEXT, or a zip that holds one of them."
        raise ImportFaultsError([Fault(str(path), 0, "", f"cannot be read: {error}", mend)]) from error
    rows = list(_next(path, content) if name.endswith(".json") else _csv(path, content, wanted))
    faults = [fault for row in rows if (fault := _fault(str(path), row))]
    if faults or not rows:
        nothing = Fault(str(path), 0, "", "no row is wanted", "Ask for other values with --where.")
        raise ImportFaultsError(faults or [nothing])
    return rows


def _unpacked(path: Path) -> tuple[str, bytes]:
    """Return the name and content of the file, or of the only one in a zip (what macOS adds does not count)."""
    if path.suffix != ".zip":
        return path.name, path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.startswith("__MACOSX") and not name.endswith("/")]
        if len(names) != 1:
            raise OSError(f"the zip holds {len(names)} files, not one")
        return names[0], archive.read(names[0])


def _csv(path: Path, content: bytes, wanted: Wanted) -> Iterator[Triplet]:
    named = wanted.named
    file = read_csv_text(str(path), content, required=(*named.values(), *wanted.where))
    if file.faults:
        raise ImportFaultsError(file.faults)
    for row in file.rows:
        if any(row[column] != value for column, value in wanted.where.items()):
            continue
        said = {what: row[column] for what, column in named.items()}
        pair = (said["left"], said["right"])
        rest = (said.get("stratum", ""), _time(said.get("rt", "")))
        yield Triplet(row.line, _key(said["participant"]), said["centre"], pair, said["answer"], *rest)


def _next(path: Path, content: bytes) -> Iterator[Triplet]:
    """NEXT (nextml.org): `participant_responses` by participant, each with labelled targets and the winner's index."""
    try:
        people: dict[str, list[dict[str, Any]]] = json.load(io.BytesIO(content))["participant_responses"]
        for participant, answers in people.items():
            for number, one in enumerate(answers, start=1):
                place = {target["label"]: str(target["index"]) for target in one["target_indices"]}
                winner = one.get("index_winner")
                seconds = one.get("response_time")
                pair = (place["left"], place["right"])
                answer = "" if winner is None else str(winner)
                took = "" if seconds is None else str(round(1000 * seconds, 1))
                yield Triplet(number, _key(participant), place["center"], pair, answer, rt_ms=_time(took))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"no answers of NEXT in it ({type(error).__name__}: {error})"
        raise ImportFaultsError([Fault(str(path), 0, "", what, "Give a CSV, or the JSON that NEXT wrote.")]) from error


def _time(milliseconds: str) -> str:
    """Return a response time; what a clock that was set back made negative is unknown."""
    return "" if milliseconds.startswith("-") else milliseconds


def _key(participant: str) -> str:
    """Return the participant's key; one that is too long gives its digest."""
    return participant if len(participant) <= LONGEST_KEY else hashlib.sha256(participant.encode()).hexdigest()[:32]


def _fault(name: str, row: Triplet) -> Fault | None:
    if not row.participant:
        return Fault(name, row.line, "", "nobody answered", "Name the column with --column participant=NAME.")
    if len({row.centre, *row.pair, ""}) < 4:
        return Fault(name, row.line, "", f"{row.centre}, {', '.join(row.pair)}: not three", "Remove the row.")
    if row.answer and row.answer not in row.pair:
        what = f"{row.answer!r} is neither {row.pair[0]!r} nor {row.pair[1]!r}"
        return Fault(name, row.line, "", what, "Give what was chosen, or nothing.")
    return None


def numbered(rows: list[Triplet]) -> Iterator[tuple[Triplet, int]]:
    """Yield each answer with how often the same participant had answered about the same three before."""
    seen: Counter[tuple[str, tuple[str, str, str]]] = Counter()
    for row in rows:
        yield row, seen[row.participant, row.trial]
        seen[row.participant, row.trial] += bool(row.answer)
