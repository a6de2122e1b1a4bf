"""Triplets that others collected become a study of ours: clips, trials and answers, written as files and loaded.

The files are those of docs/formats.md, so that everything about the study can be seen and changed there.
"""

import csv
import io
import json
import wave
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.errors import AnalysisError
from analysis.imports.triplets import Triplet, Wanted, numbered, read_triplets
from analysis.services.import_responses import Imported, import_responses
from annotations.enums import StudyState
from annotations.services.planning import load_study
from annotations.services.states import set_state

QUESTION = "like"
STAND_IN = "stand-in.wav"
AGAIN = ("refuse", "first", "separate")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was imported: its trials and clips, and what `import_responses` did."""

    trials: int
    clips: int
    dropped: int
    imported: Imported


def import_triplets(
    *, path: Path, slug: str, folder: Path, wanted: Wanted, again: str = "refuse", sounds: str = ""
) -> Asked:
    """Make the study `slug` of a file of triplets, in a new `folder`, with one anchored question.

    `again`: what happens to further answers of someone about the same three clips: refuse the file, keep the `first`,
    or keep all, the further ones under a participant key of their own (`separate`). `sounds` names a clip's file, with
    {clip} for its id, seen from the folder; without it all clips are one stand-in noise, and the study is closed: it
    can be analysed, and nobody can be asked. Raises `ImportFaultsError` or `AnalysisError`.
    """
    if again not in AGAIN:
        raise AnalysisError(f"Give --again {'|'.join(AGAIN)}.")
    if folder.exists() and any(folder.iterdir()):
        raise AnalysisError(f"{folder} is not empty. Give a new folder.")
    rows, dropped = _answers(read_triplets(path, wanted), again, path)
    trials = {row.trial: f"t{at:05}" for at, row in enumerate({row.trial: row for row, _ in rows}.values())}
    clips = sorted({clip for trial in trials for clip in trial})
    folder.mkdir(parents=True, exist_ok=True)
    if not sounds:
        _write_noise(folder / STAND_IN)
    sounding = sounds or STAND_IN
    heard = ((clip, sounding.format(clip=clip), "backchannel", clip) for clip in clips)
    _write(folder / "stimuli.csv", heard, ("stimulus", "path", "role", "token"))
    strata = {row.trial: row.stratum for row, _ in reversed(rows)}
    planned = ((key, "triplets", " ".join(trial), strata[trial]) for trial, key in trials.items())
    _write(folder / "trials.csv", planned, ("trial", "task", "clips", "stratum"))
    said = ((key, trials[row.trial], QUESTION, row.answer, row.rt_ms) for row, key in rows)
    _write(folder / "responses.csv", said, ("participant", "trial", "question", "value", "rt_ms"))
    _write_study(folder, slug, path.name, rows)
    load_study(path=folder / "study.yaml")
    set_state(study_slug=slug, state=StudyState.LIVE)
    set_state(study_slug=slug, state=StudyState.CLOSED)
    imported = import_responses(study_slug=slug, path=folder / "responses.csv")
    return Asked(len(trials), len(clips), dropped, imported)


def _answers(rows: list[Triplet], again: str, path: Path) -> tuple[list[tuple[Triplet, str]], int]:
    """Return the answers with their participants' keys, and how many further answers were dropped."""
    kept, further = [], 0
    for row, before in numbered(rows):
        further += before > 0
        if not before or again == "separate":
            kept.append((row, f"{row.participant}~{before + 1}" if before else row.participant))
    if further and again == "refuse":
        raise AnalysisError(
            f"{path} holds {further} further answers of somebody about the same three clips. Say with --again whether "
            "the first one counts (first), or all of them, as if others had given them (separate)."
        )
    return kept, 0 if again == "separate" else further


def _write(path: Path, rows: Iterable[Sequence[str]], columns: Sequence[str]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def _write_study(folder: Path, slug: str, source: str, rows: Sequence[tuple[Triplet, str]]) -> None:
    """Write study.yaml; JSON is YAML."""
    n = len(rows) // max(1, len({key for _, key in rows}))
    study = {
        "slug": slug,
        "title": f"Triplets of {source}",
        "consent": "consent.md",
        "stimuli": "stimuli.csv",
        "trials": "trials.csv",
        "tasks": {
            "triplets": {
                "questions": [
                    {"name": QUESTION, "kind": "anchor", "text": "Which one is more like the reference?"},
                ]
            }
        },
        "allocation": {"ratings_per_trial": 1, "trials_per_participant": max(1, n)},
    }
    (folder / "study.yaml").write_text(json.dumps(study, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "consent.md").write_text(f"Collected elsewhere: {source}.\n", encoding="utf-8")


def _write_noise(path: Path) -> None:
    """Write half a second of quiet noise, the same everywhere."""
    noise = np.random.default_rng(1).normal(scale=500, size=8000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(noise.tobytes())
