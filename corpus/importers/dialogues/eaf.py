"""ELAN files: tiers of utterances with their times.

Which tiers are taken: `--tiers`; else those that depend on no other and have a participant; where none has one, all
that depend on no other. The participant, else the tier's name, is the speaker. An annotation that belongs to another
takes that one's time, or its share of it; time slots without a time are spread evenly between those that have one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.dialogues import Turn
from corpus.importers.dialogues._base import Draft, Format, Options, Reading, Source
from corpus.importers.dialogues._eaf_file import Annotation, Eaf, EafError, EafTier, parse_eaf
from corpus.importers.dialogues._files import by_ending

Span = tuple[float, float]  # seconds


def read(source: Source, options: Options) -> Iterator[Reading]:
    """Read one dialogue."""
    (path,) = source.files
    draft = Draft(str(path), path.stem)
    try:
        eaf = parse_eaf(path)
    except EafError as error:
        draft.fault(error.line, "", error.what, error.mend)
        yield draft.reading()
        return
    times = _Times(eaf)
    for tier in _choose(draft, eaf.tiers, options.tiers):
        tag = tier.participant or tier.name
        draft.meet(tag, tier.participant, tier.line)
        for annotation in tier.annotations:
            _add(draft, tag, annotation, times)
    yield draft.reading()


def _choose(draft: Draft, tiers: Sequence[EafTier], wanted: Sequence[str]) -> list[EafTier]:
    for name in wanted:
        if not any(tier.name == name for tier in tiers):
            there = ", ".join(repr(tier.name) for tier in tiers) or "none"
            draft.fault(0, "", f"there is no tier {name!r}", f"Name some of {there}")
    if wanted:
        return [tier for tier in tiers if tier.name in wanted]
    roots = [tier for tier in tiers if not tier.parent]
    taken = [tier for tier in roots if tier.participant] or roots
    passed = ", ".join(repr(tier.name) for tier in tiers if tier not in taken)
    if passed and taken:
        draft.note(f"passed over tier {passed}; --tiers takes others")
    return taken


def _add(draft: Draft, tag: str, annotation: Annotation, times: "_Times") -> None:
    if not annotation.text:
        return  # ELAN keeps empty annotations for what is still to be transcribed
    try:
        start, end = times.of(annotation)
    except EafError as error:
        draft.fault(error.line, "", error.what, error.mend)
        return
    draft.add(Turn(tag, annotation.text, (), start, end), annotation.line)


class _Times:
    """When annotations are."""

    def __init__(self, eaf: Eaf) -> None:
        self._slots = _spread(eaf.slots)
        self._by_key = {one.key: one for tier in eaf.tiers for one in tier.annotations}
        self._siblings: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._tier_of: dict[str, str] = {}
        for tier in eaf.tiers:
            for one in tier.annotations:
                self._tier_of[one.key] = tier.name
                self._siblings[tier.name, one.parent].append(one.key)

    def of(self, annotation: Annotation, seen: tuple[str, ...] = ()) -> Span:
        """Return the span of an annotation. Raises `EafError` where none follows from the file."""
        if annotation.slots:
            return self._slot(annotation, 0), self._slot(annotation, 1)
        parent = self._by_key.get(annotation.parent)
        if parent is None or annotation.key in seen:
            what = f"annotation {annotation.key} belongs to {annotation.parent!r}, which leads to no time"
            raise EafError(annotation.line, what, "Mend it in ELAN, or leave this tier out with --tiers")
        start, end = self.of(parent, (*seen, annotation.key))
        parts = self._siblings[self._tier_of[annotation.key], annotation.parent]
        share, place = (end - start) / len(parts), parts.index(annotation.key)
        return start + share * place, start + share * (place + 1)

    def _slot(self, annotation: Annotation, which: int) -> float:
        assert annotation.slots
        name = annotation.slots[which]
        time = self._slots.get(name)
        if time is None:
            what = f"annotation {annotation.key} begins or ends at time slot {name!r}, which has no time"
            raise EafError(annotation.line, what, "Align it in ELAN, or leave this tier out with --tiers")
        return time / 1000


def _spread(slots: dict[str, float | None]) -> dict[str, float]:
    """Return the milliseconds of every slot that has a time, or lies in the file between two that have one."""
    names = list(slots)
    known = [place for place, name in enumerate(names) if slots[name] is not None]
    times = {names[place]: slots[names[place]] or 0.0 for place in known}
    for before, after in pairwise(known):
        start, step = times[names[before]], (times[names[after]] - times[names[before]]) / (after - before)
        times |= {names[place]: start + step * (place - before) for place in range(before + 1, after)}
    return times


FORMAT = Format("eaf", "ELAN .eaf", by_ending(".eaf"), read)
