"""Praat TextGrids: interval tiers of words or utterances, a speaker each.

Files `nameA` and `nameB` beside each other are the channels of one dialogue `name`. Which tiers are taken:
`--tiers`; else those whose names say words (or utterances) and whose (`A - words`); else every interval tier that does
not name something else, such as phones, and its name is the speaker's. Tiers of words become utterances at pauses.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from corpus.dialogues import Turn, Word
from corpus.importers.dialogues._base import Draft, Format, Options, Reading, Source
from corpus.importers.dialogues._files import files_below, text_of
from corpus.importers.dialogues._textgrid_file import Interval, TextGridError, Tier, parse
from corpus.importers.dialogues._tier_names import OTHER, UTTERANCES, WORDS, name_of

PAUSE = 0.5  # seconds of silence between words that end an utterance
_ONE_WORD = 1.2  # mean number of words in the intervals of a tier up to which it is a tier of words


class _Chosen(NamedTuple):
    tag: str
    tier: Tier
    holds_words: bool


def sources(path: Path) -> list[Source]:
    """Return the files of a folder, those of two channels of one dialogue together."""
    groups: dict[tuple[Path, str], list[Path]] = defaultdict(list)
    files = files_below(path, ".textgrid")
    there = {(file.parent, file.stem) for file in files}
    for file in files:
        stem = file.stem
        paired = len(stem) > 1 and stem[-1] in "AB" and {(file.parent, stem[:-1] + tag) for tag in "AB"} <= there
        groups[file.parent, stem[:-1] if paired else stem].append(file)
    return [Source(tuple(group)) for group in groups.values()]


def read(source: Source, options: Options) -> Iterator[Reading]:
    """Read one dialogue."""
    paired = len(source.files) > 1
    key = source.files[0].stem[:-1] if paired else source.files[0].stem
    draft = Draft(str(source.files[0]), key)
    for path in source.files:
        draft.file = str(path)
        try:
            text = text_of(path, draft)
            if text or not draft.faults:
                tiers = parse(text)
                for chosen in _choose(draft, tiers, options.tiers, path.stem[-1] if paired else ""):
                    _add_turns(draft, chosen)
        except TextGridError as error:
            draft.fault(error.line, "", error.what, error.mend)
    draft.file = str(source.files[0])
    yield draft.reading()


def _choose(draft: Draft, tiers: Sequence[Tier], wanted: Sequence[str], channel: str) -> list[_Chosen]:
    """Return the tiers that are taken, with the speaker of each; a note says which are not."""
    usable = [tier for tier in tiers if not tier.holds_points]
    if wanted:
        taken = _wanted(draft, usable, wanted, channel)
    else:
        taken = _named(usable, channel) or _plain(draft, usable, channel)
    if not taken and not draft.faults:
        names = ", ".join(repr(tier.name) for tier in tiers) or "none"
        what = f"no tier is known to hold words; its tiers are {names}"
        draft.fault(0, "", what, "Name those that do with --tiers")
    passed = [repr(tier.name) for tier in tiers if not any(tier is one.tier for one in taken)]
    if taken and passed:
        draft.note(f"passed over tier {', '.join(passed)}; --tiers takes others")
    return taken


def _wanted(draft: Draft, tiers: Sequence[Tier], wanted: Sequence[str], channel: str) -> list[_Chosen]:
    taken = [tier for tier in tiers if tier.name in wanted]
    for name in wanted:
        if not any(tier.name == name for tier in taken):
            there = ", ".join(repr(tier.name) for tier in tiers) or "none"
            draft.fault(0, "", f"there is no interval tier {name!r}", f"Name some of {there}")
    if channel and len(taken) == 1:
        return [_Chosen(channel, taken[0], _is_of_words(taken[0]))]
    tags = _distinct([f"{channel} {tier.name}".strip() for tier in taken])
    return [_Chosen(tag, tier, _is_of_words(tier)) for tag, tier in zip(tags, taken, strict=True)]


def _named(tiers: Sequence[Tier], channel: str) -> list[_Chosen]:
    """Return the best tier of each speaker among those whose name says that they hold words or utterances."""
    best: dict[str, tuple[str, Tier]] = {}
    for tier in tiers:
        speaker, level = name_of(tier.name)
        better = level == WORDS and best.get(speaker, ("",))[0] == UTTERANCES
        if level in (WORDS, UTTERANCES) and (speaker not in best or better):
            best[speaker] = (level, tier)
    return [
        _Chosen(" ".join(filter(None, (channel, speaker))) or "A", tier, level == WORDS)
        for speaker, (level, tier) in best.items()
    ]


def _plain(draft: Draft, tiers: Sequence[Tier], channel: str) -> list[_Chosen]:
    """Return the tiers that are named after their speakers."""
    taken = [tier for tier in tiers if name_of(tier.name).level != OTHER]
    names = [tier.name for tier in taken]
    if channel and len(taken) == 1:
        return [_Chosen(channel, taken[0], _is_of_words(taken[0]))]
    if len(set(names)) < len(names):
        draft.note("several tiers have the same name; each was taken as a speaker, numbered")
    letters = [name or f"tier {place}" for place, name in enumerate(names, start=1)]
    tags = _distinct([" ".join(filter(None, (channel, name))) for name in letters])
    return [_Chosen(tag, tier, _is_of_words(tier)) for tag, tier in zip(tags, taken, strict=True)]


def _distinct(names: Sequence[str]) -> list[str]:
    """Return the names, the second and further of one name with a number."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told


def _is_of_words(tier: Tier) -> bool:
    lengths = [len(interval.text.split()) for interval in tier.intervals if interval.text]
    return bool(lengths) and sum(lengths) / len(lengths) <= _ONE_WORD


def _add_turns(draft: Draft, chosen: _Chosen) -> None:
    draft.meet(chosen.tag, "", chosen.tier.line)
    said = [interval for interval in chosen.tier.intervals if interval.text]
    if not chosen.holds_words:
        for interval in said:
            draft.add(Turn(chosen.tag, interval.text, (), interval.start, interval.end), interval.line)
        return
    run: list[Interval] = []
    for interval in said:
        if run and interval.start - run[-1].end >= PAUSE:
            _add_run(draft, chosen.tag, run)
            run = []
        run.append(interval)
    if run:
        _add_run(draft, chosen.tag, run)


def _add_run(draft: Draft, tag: str, run: Sequence[Interval]) -> None:
    words = tuple(Word(one.text, one.start, one.end) for one in run)
    text = " ".join(word.word for word in words)
    draft.add(Turn(tag, text, words, run[0].start, run[-1].end), run[0].line)


FORMAT = Format("textgrid", "Praat TextGrids, long, short or from ELAN", sources, read)
