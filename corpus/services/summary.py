"""What an import did, for the person who started it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.audio import notes_on
from corpus.importers.clips import CheckedClip
from corpus.models import Corpus, ServedAudio

MUCH_GAIN = 30.0  # dB
SPAN_TOLERANCE = 0.25  # seconds between a clip's duration and the span its row gives


@dataclass(frozen=True, slots=True)
class Range:
    """The smallest, middle and largest of some values."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Range":
        """Return the range of at least one value."""
        ordered = sorted(values)
        return cls(ordered[0], ordered[len(ordered) // 2], ordered[-1])


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What the file holds and what the import did with it.

    `added`, `unchanged`: rows; `absent`: stimuli imported earlier that the file does not name, which stay;
    `duration`: seconds a clip; `total`: seconds of all; `loudness`: LUFS of the files as they came; `gain`: dB;
    `notes`: what is worth a look, with file and line.
    """

    corpus: Corpus
    added: int
    unchanged: int
    absent: int
    roles: dict[str, int]
    duration: Range
    total: float
    loudness: Range
    gain: Range
    notes: tuple[str, ...]


def summarise(
    corpus: Corpus, file: str, clips: Sequence[CheckedClip], served: Sequence[ServedAudio], *, added: int, absent: int
) -> ImportSummary:
    """Tell of the clips of a file; `served` holds what is served of each, in the same order."""
    durations = [one.duration for one in served]
    return ImportSummary(
        corpus=corpus,
        added=added,
        unchanged=len(clips) - added,
        absent=absent,
        roles=dict(sorted(Counter(clip.row.role for clip in clips).items())),
        duration=Range.of(durations),
        total=sum(durations),
        loudness=Range.of([one.audio.loudness for one in served]),
        gain=Range.of([one.gain for one in served]),
        notes=_notes(file, clips, served),
    )


def _notes(file: str, clips: Sequence[CheckedClip], served: Sequence[ServedAudio]) -> tuple[str, ...]:
    notes = []
    for clip, one in zip(clips, served, strict=True):
        about = [*notes_on(one.audio), *_about_level(one), *_about_span(clip, one)]
        if about:
            notes.append(f"{file}:{clip.row.line} ({clip.row.stimulus}): {'; '.join(about)}")
    return (*notes, *_about_duplicates(file, clips, served))


def _about_level(served: ServedAudio) -> list[str]:
    notes = []
    if served.is_limited:
        short = served.target - served.loudness
        notes.append(f"{short:.1f} LU quieter than the others: its peaks allow no more gain")
    if served.gain > MUCH_GAIN:
        notes.append(f"made louder by {served.gain:.0f} dB, and its noise with it")
    return notes


def _about_span(clip: CheckedClip, served: ServedAudio) -> list[str]:
    if clip.row.start is None or clip.row.end is None:
        return []
    span = clip.row.end - clip.row.start
    if abs(span - served.duration) <= SPAN_TOLERANCE:
        return []
    return [f"the file lasts {served.duration:.2f} s, from start to end it is {span:.2f} s"]


def _about_duplicates(file: str, clips: Sequence[CheckedClip], served: Sequence[ServedAudio]) -> list[str]:
    same: dict[str, list[str]] = defaultdict(list)
    for clip, one in zip(clips, served, strict=True):
        same[one.sha256].append(clip.row.stimulus)
    return [f"{file}: one and the same sound: {', '.join(keys)}" for keys in same.values() if len(keys) > 1]
