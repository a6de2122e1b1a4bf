"""Open the sounds that a sheet names, each file once, and check them."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.audio import AudioFacts, AudioFault, AudioFaultsError, probe, sha256_of
from corpus.errors import Fault
from corpus.importers.stimuli import StimulusRow, StimulusSheet

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class CheckedClip:
    """A row whose sound is fit; `facts` is None where the same sound was checked in an earlier import."""

    row: StimulusRow
    sha256: str
    facts: AudioFacts | None


def digests_of(rows: Iterable[StimulusRow]) -> dict[Path, str]:
    """Return the SHA-256 of every file that can be opened; the check of the clip says why one can not."""
    digests: dict[Path, str] = {}
    for path in {row.file for row in rows}:
        try:
            digests[path] = sha256_of(path)
        except OSError:
            continue
    return digests


def check_clips(
    sheet: StimulusSheet, digests: Mapping[Path, str], known: Container[tuple[str, int | None]], progress: Progress
) -> tuple[list[CheckedClip], list[Fault]]:
    """Check the sound of every row; return what is fit and what is wrong with the rest.

    `digests` are those of `digests_of`; `known` holds the (SHA-256, channel) that were checked before; `progress`
    is called with (done, of).
    """
    seen: dict[tuple[Path, int | None], AudioFacts | tuple[AudioFault, ...]] = {}
    clips: list[CheckedClip] = []
    faults: list[Fault] = []
    for done, row in enumerate(sheet.rows, start=1):
        if (digest := digests.get(row.file)) and (digest, row.channel) in known:
            clips.append(CheckedClip(row, digest, None))
        else:
            place = (row.file, row.channel)
            if place not in seen:
                seen[place] = _probe(*place)
            outcome = seen[place]
            if isinstance(outcome, AudioFacts):
                clips.append(CheckedClip(row, outcome.sha256, outcome))
            else:
                faults += [
                    Fault(sheet.file, row.line, bad.column, f"{row.path}: {bad.what}", bad.mend) for bad in outcome
                ]
        progress(done, len(sheet.rows))
    return clips, faults


def _probe(path: Path, channel: int | None) -> AudioFacts | tuple[AudioFault, ...]:
    try:
        return probe(path, channel)
    except AudioFaultsError as error:
        return error.faults
