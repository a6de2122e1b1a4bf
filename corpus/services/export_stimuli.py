"""Write a corpus back into a folder: its `stimuli.csv` and the sounds as they came."""

import csv
import os
import shutil
from pathlib import Path
from typing import Any

from corpus.errors import DomainError
from corpus.importers.stimuli import COLUMNS
from corpus.models import Corpus, Stimulus


def export_stimuli(*, corpus_slug: str, folder: Path) -> Path:
    """Write the corpus to `folder`, which must be empty or new, and return the CSV; importing it gives it back.

    A sound lies where its CSV had it, or under `audio/` by its digest where two sounds would lie in one place.

    Raises:
        DomainError: there is no such corpus, or the folder is in use.

    """
    corpus = Corpus.objects.filter(slug=corpus_slug).first()
    if corpus is None:
        names = ", ".join(Corpus.objects.values_list("slug", flat=True)) or "none yet"
        raise DomainError(f"There is no corpus {corpus_slug!r}. There are: {names}.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DomainError(f"{folder} is in use. Name a new or an empty folder.")
    stimuli = list(Stimulus.objects.filter(corpus=corpus).select_related("audio").order_by("key"))
    paths = _paths(stimuli)
    for stimulus in stimuli:
        place = folder / paths[stimulus.pk]
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(stimulus.audio.location, place)
    return _write_csv(folder, stimuli, paths)


def _paths(stimuli: list[Stimulus]) -> dict[int, str]:
    """Return where each sound goes, relative to the folder, by the stimulus's key in the database."""
    taken: dict[str, str] = {"stimuli.csv": ""}
    paths: dict[int, str] = {}
    for one in stimuli:
        usual = os.path.normpath(one.source_path)
        if usual.startswith("..") or taken.setdefault(usual, one.audio.sha256) != one.audio.sha256:
            usual = f"audio/{Path(one.audio.path).name}"
        paths[one.pk] = usual
    return paths


def _write_csv(folder: Path, stimuli: list[Stimulus], paths: dict[int, str]) -> Path:
    further = sorted({name for one in stimuli for name in one.attributes})
    place = folder / "stimuli.csv"
    folder.mkdir(parents=True, exist_ok=True)
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, *further])
        for one in stimuli:
            cells: list[Any] = [one.key, paths[one.pk], one.role, one.token, one.speaker, one.dialogue]
            cells += [one.channel, one.start, one.end, one.transcript]
            writer.writerow([*cells, *(one.attributes.get(name, "") for name in further)])
    return place
