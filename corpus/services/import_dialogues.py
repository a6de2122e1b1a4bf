"""Import dialogues into a corpus: all of them, or with any fault nothing, or on request what has no fault."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.db import transaction

from corpus.errors import DomainError, Fault, ImportFaultsError
from corpus.importers.dialogues import Format, Options, Reading, format_called
from corpus.importers.recordings import Recordings
from corpus.models import Corpus
from corpus.queries.dialogues import dialogue_digest, dialogues_digest, known_dialogues
from corpus.services.naming import check_slug
from corpus.services.read_dialogues import Checked, check_readings, readings, sources_of
from corpus.services.store_dialogues import add_sounds, keep_recordings, store_dialogues

_CHUNK = 50  # dialogues in one transaction: on SQLite a longer one would keep listeners' answers waiting

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class DialogueImport:
    """What an import did: counts of dialogues, of utterances, words and channels that were added, and what was not."""

    corpus: Corpus
    added: int
    unchanged: int
    utterances: int
    words: int
    channels: int
    with_sound: int
    faults: tuple[Fault, ...]
    skipped: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def _silently(done: int, of: int) -> None:
    """Tell nobody how far the import is."""


def import_dialogues(
    *,
    path: Path,
    corpus_slug: str,
    format_name: str,
    title: str = "",
    tiers: Sequence[str] = (),
    audio: Path | None = None,
    skip_bad: bool = False,
    progress: Progress = _silently,
) -> DialogueImport:
    """Import the dialogues of a file or folder into the corpus `corpus_slug`, which is made if need be.

    Everything is read twice, one dialogue in memory at a time: first to find all faults, then to store. Dialogues that
    are there already stay as they are; one that came with other content is a fault. With `skip_bad` the dialogues
    with faults are left out and listed. Storing is done in chunks, each one transaction; an import that is killed goes
    on when it is started again. `audio`: a folder with recordings named after the dialogues; channels that have no
    sound yet get theirs. `progress` is called with (done, of) while dialogues are stored.

    Raises:
        ImportFaultsError: with every fault, unless `skip_bad`; nothing is stored.
        DomainError: the corpus name cannot be used, or there is nothing to import.

    """
    check_slug(corpus_slug)
    chosen, options = _format(format_name), Options(tuple(tiers))
    sources = sources_of(chosen, path)
    if audio is not None and not audio.is_dir():
        raise DomainError(f"There is no folder {audio}. Name the folder with the recordings.")
    corpus = Corpus.objects.filter(slug=corpus_slug).first()
    there = known_dialogues(corpus)
    recordings = Recordings(audio) if audio else None
    checked = check_readings(readings(chosen, sources, options), there, recordings)
    if checked.faults and (not skip_bad or not checked.fit):
        raise ImportFaultsError(sorted(checked.faults, key=lambda fault: (fault.file, fault.line)))
    if recordings:
        keep_recordings(recordings, checked.sounds)
    corpus = _corpus(corpus_slug, title, path)
    counts = _store(
        corpus,
        _wanted(readings(chosen, sources, options), checked, there),
        len(checked.fit.keys() - there.keys()),
        progress,
    )
    with_sound = add_sounds(corpus, checked.sounds, recordings) if recordings else 0
    return DialogueImport(
        corpus=corpus,
        added=counts[0],
        unchanged=len(checked.fit.keys() & there.keys()),
        utterances=counts[1],
        words=counts[2],
        channels=counts[3],
        with_sound=with_sound,
        faults=tuple(checked.faults),
        skipped=tuple(checked.skipped),
        notes=tuple(checked.notes),
    )


def _format(name: str) -> Format:
    try:
        return format_called(name)
    except KeyError as error:
        raise DomainError(str(error.args[0]).capitalize() + ".") from None


def _corpus(slug: str, title: str, path: Path) -> Corpus:
    with transaction.atomic():
        Corpus.objects.get_or_create(slug=slug)
        corpus = Corpus.objects.select_for_update().get(slug=slug)
        corpus.title = title or corpus.title
        corpus.source = corpus.source or str(path)[-500:]
        corpus.save()
    return corpus


def _wanted(read: Iterator[Reading], checked: Checked, there: Mapping[str, str]) -> Iterator[Reading]:
    """Give the readings that are fit and not there yet, each as it was when it was checked."""
    given: set[str] = set()
    for reading in read:
        if reading.dialogue is None or reading.key not in checked.fit or reading.key in there or reading.key in given:
            continue
        if dialogue_digest(reading.dialogue) != checked.fit[reading.key]:
            raise DomainError(f"{reading.file} changed while it was being read. Import again when it is at rest.")
        given.add(reading.key)
        yield reading


def _store(corpus: Corpus, wanted: Iterator[Reading], of: int, progress: Progress) -> list[int]:
    """Store chunk by chunk; return how many dialogues, utterances, words and channels."""
    counts = [0, 0, 0, 0]
    while chunk := list(islice(wanted, _CHUNK)):
        with transaction.atomic():
            locked = Corpus.objects.select_for_update().get(pk=corpus.pk)
            store_dialogues(locked, chunk)
            locked.dialogues_digest = dialogues_digest(locked)
            locked.save(update_fields=["dialogues_digest", "updated_at"])
        corpus.dialogues_digest = locked.dialogues_digest
        dialogues = [reading.dialogue for reading in chunk if reading.dialogue]
        counts[0] += len(dialogues)
        counts[1] += sum(len(one.turns) for one in dialogues)
        counts[2] += sum(len(turn.words) for one in dialogues for turn in one.turns)
        counts[3] += sum(len(one.speakers) for one in dialogues)
        progress(counts[0], of)
    return counts
