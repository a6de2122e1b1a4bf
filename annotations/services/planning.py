"""Load a study file: check everything, import its stimuli, plan its trials and store them as a version."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from annotations.enums import StudyState
from annotations.models import StudyVersion
from annotations.queries.stimuli import clips_of_corpus, clips_of_rows
from annotations.services.versions import VersionPlan, store_version
from annotations.study_file.all_trials import all_trials
from annotations.study_file.blocks import block_sizes
from annotations.study_file.checks import CHECK_KEYS, idle_checks
from annotations.study_file.plan import TrialPlan, repeated_trials
from annotations.study_file.reading import ReadStudy, read_study
from annotations.study_file.schema import StudyDefinition
from corpus.errors import ImportFaultsError
from corpus.importers.clips import Progress
from corpus.importers.stimuli import read_stimuli
from corpus.models import Corpus
from corpus.services import import_stimuli


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a study file did: `created` is False where this version was there already."""

    version: StudyVersion
    created: bool
    notes: tuple[str, ...]


def _silently(done: int, of: int) -> None:
    """Tell nobody how far the import of stimuli is."""


def load_study(*, path: Path, progress: Progress = _silently) -> Loaded:
    """Load a study file and everything it names; `progress` is called with (done, of) while sounds are imported.

    The file, its texts, stimuli and trials are checked first; with any fault nothing is stored. Loading again what
    the newest version holds changes nothing. Otherwise the newest version is replaced while it never went live and
    nobody takes part in it; else there is a new one, which newcomers get once the study is set live again. Sends
    `version_planned` after the commit.

    Raises `ImportFaultsError` with every fault of the file that could not be used.
    """
    read = read_study(path)
    trials = _plan(read, progress)
    corpus, sound_notes = _corpus(read, progress)
    plan = VersionPlan(corpus, read.source.text, read.definition, read.consent, tuple(trials))
    version, created = store_version(plan=plan)
    return Loaded(version, created, (*_notes(version, read.definition, trials), *sound_notes))


def _plan(read: ReadStudy, progress: Progress) -> list[TrialPlan]:
    """Plan the trials from the stimuli as they are written, so that a plan that fails leaves no corpus behind."""
    definition = read.definition
    if definition.stimuli:
        sheet = read_stimuli(read.folder / definition.stimuli)
        if sheet.faults:
            _corpus(read, progress)  # raises with the faults of the sounds as well
        stimuli = clips_of_rows(sheet.rows)
    else:
        stimuli = clips_of_corpus(_corpus(read, progress)[0])
    return all_trials(read, stimuli)


def _corpus(read: ReadStudy, progress: Progress) -> tuple[Corpus, tuple[str, ...]]:
    """Return the study's corpus, imported from its stimuli file where it names one, and notes on its sounds."""
    definition = read.definition
    if definition.stimuli:
        csv_path = read.folder / definition.stimuli
        imported = import_stimuli(csv_path=csv_path, corpus_slug=definition.corpus, progress=progress)
        return imported.corpus, imported.notes
    corpus = Corpus.objects.filter(slug=definition.corpus).first()
    if corpus is None:
        what = f"there is no corpus {definition.corpus!r}"
        mend = "Import it with import_stimuli, or name its file in `stimuli`"
        raise ImportFaultsError([read.source.fault(("corpus",), what, mend)])
    return corpus, ()


def _notes(version: StudyVersion, definition: StudyDefinition, trials: list[TrialPlan]) -> Iterator[str]:
    """Yield what whoever loads a study should know and is no fault."""
    for check in idle_checks(definition, trials):
        yield f"no {check} trial is given to anybody: say how many with `{CHECK_KEYS[check]}`"
    used = {trial.task for trial in trials}
    yield from (f"task {task.name} has no trial" for task in definition.tasks if task.name not in used)
    repeated = repeated_trials(trials)
    if repeated:
        yield f"the same clips as in another trial: {', '.join(repeated[:5])}{' …' if len(repeated) > 5 else ''}"
    yield from _allotted(definition, trials)
    if version.frozen_at is None and version.study.state in (StudyState.LIVE, StudyState.PAUSED):
        yield f"newcomers get version {version.number} after: set_study_state {version.study.slug} live"


def _allotted(definition: StudyDefinition, trials: list[TrialPlan]) -> Iterator[str]:
    """Yield what is noteworthy about the number of trials that each participant gets."""
    each, sizes = definition.allocation.trials_per_participant, block_sizes(trials)
    if definition.allocation.design == "blocks":
        smallest, largest = min(sizes.values()), max(sizes.values())
        if smallest < largest:
            yield f"the {len(sizes)} blocks have {smallest} to {largest} trials"
        if largest > each:
            yield f"each participant gets a whole block of up to {largest} trials (trials_per_participant is lower)"
    elif each > sizes.total():
        yield f"each participant gets all {sizes.total()} trials (trials_per_participant is higher)"
