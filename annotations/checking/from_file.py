"""What the checks look at, of a study file that need not be loaded. Nothing is stored."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from annotations.checking.facts import Sound, StudyFacts
from annotations.checking.findings import Finding, Severity
from annotations.checking.from_database import interface_languages, sounds_of_corpus
from annotations.design.clips import Clip
from annotations.queries.stimuli import clips_of_corpus, clips_of_rows
from annotations.study_file.all_trials import all_trials
from annotations.study_file.reading import ReadStudy, read_study
from corpus.audio import AudioFault, AudioFaultsError, ServedClip, transcode
from corpus.errors import Fault, ImportFaultsError
from corpus.importers.clips import CheckedClip, digests_of
from corpus.importers.stimuli import StimulusRow, StimulusSheet, read_stimuli
from corpus.models import Corpus, ServedAudio
from corpus.queries.audio import kept_sounds, served_target
from corpus.queries.described import described_stimuli
from corpus.services.changes import changes

Progress = Callable[[int, int], None]


def facts_of_file(path: Path, progress: Progress) -> tuple[StudyFacts | None, list[Finding]]:
    """Return what a study file and everything it names say, and their faults; no facts where a plan is impossible.

    Sounds are made as they would be served, and forgotten. `progress` is called with (done, of) meanwhile.
    """
    try:
        read = read_study(path)
        clips, sounds, target, faults = _stimuli(read, progress)
        trials = all_trials(read, clips)
    except ImportFaultsError as error:
        return None, [_finding(one) for one in error.faults]
    facts = StudyFacts(read.definition, read.consent, tuple(trials), sounds, target, interface_languages())
    return facts, faults


def _finding(one: Fault) -> Finding:
    where = f"{Path(one.file).name}:{one.line}" if one.line else Path(one.file).name
    column = f" ({one.column})" if one.column else ""
    return Finding(Severity.FAULT, where + column, one.what, one.mend)


def _stimuli(read: ReadStudy, progress: Progress) -> tuple[list[Clip], dict[str, Sound], float, list[Finding]]:
    """Return the stimuli as planning sees them and as they sound."""
    definition = read.definition
    corpus = Corpus.objects.filter(slug=definition.corpus).first()
    if not definition.stimuli:
        if corpus is None:
            mend = "Import it with import_stimuli, or name its file in `stimuli`"
            fault = read.source.fault(("corpus",), f"there is no corpus {definition.corpus!r}", mend)
            raise ImportFaultsError([fault])
        sounds, found = sounds_of_corpus(corpus)
        return clips_of_corpus(corpus), sounds, served_target(corpus), found
    sheet = read_stimuli(read.folder / definition.stimuli)
    sounds, faults = _sounds(sheet, served_target(corpus), progress)
    if sheet.faults:
        raise ImportFaultsError(sorted([*sheet.faults, *faults], key=lambda fault: fault.line))
    if corpus is not None:
        faults += changes(sheet.file, described_stimuli(corpus), _with_digests(sheet))
    return clips_of_rows(sheet.rows), sounds, served_target(corpus), [_finding(fault) for fault in faults]


def _with_digests(sheet: StimulusSheet) -> list[CheckedClip]:
    digests = digests_of(sheet.rows)
    return [CheckedClip(row, digests[row.file], None) for row in sheet.rows if row.file in digests]


def _sounds(sheet: StimulusSheet, target: float, progress: Progress) -> tuple[dict[str, Sound], list[Fault]]:
    """Return every row's sound as listeners would get it, and what is wrong with those that cannot be used."""
    digests = digests_of(sheet.rows)
    known = kept_sounds(digests.values(), target)
    made: dict[tuple[Path, int | None], ServedClip] = {}
    sounds: dict[str, Sound] = {}
    faults: list[Fault] = []
    for done, row in enumerate(sheet.rows, start=1):
        place = row.file, row.channel
        served: ServedAudio | ServedClip | None = known.get((digests.get(row.file, ""), row.channel))
        try:
            if served is None and place not in made:
                # Only what was measured is kept, not the sound.
                made[place] = replace(transcode(row.file, channel=row.channel, target=target), wav=b"")
            sounds[row.stimulus] = _sound(row, served or made[place])
        except AudioFaultsError as error:
            faults += [_fault(sheet, row, one) for one in error.faults]
        progress(done, len(sheet.rows))
    return sounds, faults


def _fault(sheet: StimulusSheet, row: StimulusRow, one: AudioFault) -> Fault:
    return Fault(sheet.file, row.line, one.column, f"{row.path}: {one.what}", one.mend)


def _sound(row: StimulusRow, served: ServedAudio | ServedClip) -> Sound:
    return Sound(
        key=row.stimulus,
        role=row.role,
        transcript=row.transcript,
        duration=served.duration,
        loudness=served.loudness,
        limited=served.limited if isinstance(served, ServedClip) else served.is_limited,
        digest=served.sha256,
    )
