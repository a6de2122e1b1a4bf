"""Import `stimuli.csv` into a corpus: all of it, or with any fault nothing."""

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from corpus.errors import ImportFaultsError
from corpus.importers.clips import CheckedClip, Progress, check_clips, digests_of
from corpus.importers.stimuli import StimulusRow, read_stimuli
from corpus.models import Corpus, ServedAudio, Stimulus
from corpus.queries.audio import kept_sounds, served_target
from corpus.queries.described import described_stimuli, stimuli_digest
from corpus.services.changes import changes
from corpus.services.keep_sounds import keep_sounds, store_sounds
from corpus.services.naming import check_slug
from corpus.services.summary import ImportSummary, summarise

_TRUE = {"1", "true", "yes"}


def _silently(done: int, of: int) -> None:
    """Tell nobody how far the import is."""


def import_stimuli(
    *,
    csv_path: Path,
    corpus_slug: str,
    title: str = "",
    synthetic: bool = False,
    progress: Progress = _silently,
) -> ImportSummary:
    """Import the clips and contexts of `csv_path` into the corpus `corpus_slug`, which is made if need be.

    Every row and every sound is checked first. New stimuli are added; those that are there already, alike in every
    column and in their sound, stay as they are, so importing a file again changes nothing. One that differs is a
    fault: trials and embeddings may rest on it. Clips are served at the corpus's loudness target, which is the
    setting's when the corpus is made. A corpus is synthetic when told so here or by a column `synthetic` of the
    file, and stays so. `progress` is called with (done, of) while sounds are checked and again while they are made.

    Raises:
        ImportFaultsError: with every fault of the file; nothing is stored.
        DomainError: the corpus name cannot be used.

    """
    check_slug(corpus_slug)
    sheet = read_stimuli(csv_path)
    corpus = Corpus.objects.filter(slug=corpus_slug).first()
    target = served_target(corpus)
    digests = digests_of(sheet.rows)
    known = kept_sounds(digests.values(), target)
    clips, sound_faults = check_clips(sheet, digests, known, progress)
    there = described_stimuli(corpus) if corpus else {}
    faults = [*sheet.faults, *sound_faults, *changes(sheet.file, there, clips)]
    if faults:
        raise ImportFaultsError(sorted(faults, key=lambda fault: fault.line))
    kept = keep_sounds(sheet.file, clips, target, progress)
    # Sounds are made before the transaction begins: on SQLite it would keep listeners' answers waiting.
    with transaction.atomic():
        store_sounds(kept, target)
        stored = _locked_corpus(corpus_slug, target)
        served = _served_of(clips, target)
        added, absent = _add(stored, clips, served)
        _describe(stored, title=title, source=sheet.file, synthetic=synthetic or _says_synthetic(sheet.rows))
    return summarise(stored, sheet.file, clips, served, added=added, absent=absent)


def _locked_corpus(slug: str, target: float) -> Corpus:
    Corpus.objects.get_or_create(slug=slug, defaults={"loudness_target": target})
    return Corpus.objects.select_for_update().get(slug=slug)


def _served_of(clips: Sequence[CheckedClip], target: float) -> list[ServedAudio]:
    kept = kept_sounds({clip.sha256 for clip in clips}, target)
    return [kept[clip.sha256, clip.row.channel] for clip in clips]


def _add(corpus: Corpus, clips: Sequence[CheckedClip], served: Sequence[ServedAudio]) -> tuple[int, int]:
    """Add what the corpus does not have; return how many, and how many it has that the file does not name."""
    there = described_stimuli(corpus)
    new = [
        _stimulus(corpus, clip.row, one)
        for clip, one in zip(clips, served, strict=True)
        if clip.row.stimulus not in there
    ]
    Stimulus.objects.bulk_create(new, batch_size=500)
    return len(new), len(there.keys() - {clip.row.stimulus for clip in clips})


def _stimulus(corpus: Corpus, row: StimulusRow, served: ServedAudio) -> Stimulus:
    return Stimulus(
        corpus=corpus,
        key=row.stimulus,
        role=row.role,
        token=row.token,
        speaker=row.speaker,
        dialogue=row.dialogue,
        channel=row.channel,
        start=row.start,
        end=row.end,
        transcript=row.transcript,
        attributes=row.attributes,
        source_path=row.path,
        audio=served.audio,
        served=served,
    )


def _describe(corpus: Corpus, *, title: str, source: str, synthetic: bool) -> None:
    corpus.digest = stimuli_digest(described_stimuli(corpus).values())
    corpus.title = title or corpus.title
    corpus.source = source[-500:]
    corpus.synthetic = corpus.synthetic or synthetic
    corpus.save()


def _says_synthetic(rows: Sequence[StimulusRow]) -> bool:
    return any(row.attributes.get("synthetic", "").lower() in _TRUE for row in rows)
