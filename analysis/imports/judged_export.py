"""Judgements from a folder that `export_agreement` wrote, in any format and layout: people's, and nothing else.

`triplets_spose.txt` holds exactly these, one a line, by row number in the table of stimuli: no checks, no answers of
excluded participants, no ratings.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from analysis.enums import Population
from analysis.errors import AnalysisError
from analysis.export.folder import KIND, MANIFEST
from analysis.export.formats import FORMATS
from analysis.imports.judged import JudgedTriads
from analysis.imports.rows import read_rows

TRIPLETS, STIMULI = "triplets_spose.txt", "stimuli"
AGAIN = "Write the export again: manage.py export_agreement STUDY --output FOLDER"


def read_export(folder: Path) -> JudgedTriads:
    """Return the judgements of an export, every file of which is as the manifest says.

    Raises `AnalysisError` for a folder that is no export, a changed or missing file, answers that are not people's, and
    an export without judgements of triads; `ImportFaultsError` for a table that cannot be read.
    """
    manifest, digest = _manifest(folder)
    files = manifest["files"]
    triplets = _named(folder, files, TRIPLETS, _is_triplets)
    stimuli = _named(folder, files, f"table of {STIMULI}", _is_stimuli)
    _check_unchanged(folder, files, needed=(triplets, stimuli))
    population = manifest["population"]["name"]
    if population != Population.PEOPLE:
        raise AnalysisError(
            f"{folder} holds answers of {manifest['population']['called']}, and transforms and maps are fitted to "
            "people only. Write an export of people's answers: manage.py export_agreement STUDY --output FOLDER"
        )
    rows = read_rows(folder / stimuli, required=("stimulus", "token")).rows
    triads = _triads(folder / triplets, len(rows))
    study, corpus = manifest["study"], manifest["corpus"]
    source = {
        "export": digest,
        "study": study["slug"],
        "version": study["version"],
        "study_digest": study["digest"],
        "corpus": corpus["slug"],
        "corpus_digest": corpus["digest"],
        "population": population,
        "subset": manifest.get("settings", {}).get("subset", ""),
    }
    tokens = {row["stimulus"]: row["token"] for row in rows}
    return JudgedTriads([row["stimulus"] for row in rows], tokens, triads, anchored=False, source=source)


def _manifest(folder: Path) -> tuple[dict[str, Any], str]:
    """Return the manifest and its SHA-256."""
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
        manifest = json.loads(content)
    except OSError as error:
        raise AnalysisError(
            f"{folder} is no export: {path} cannot be read ({error.strerror}). Give the slug of a study, the folder "
            "that export_agreement wrote, or a file of triplets."
        ) from error
    except ValueError as error:
        raise AnalysisError(f"{path} is not JSON ({error}). {AGAIN}") from error
    if not isinstance(manifest, dict) or manifest.get("kind") != KIND:
        raise AnalysisError(f"{path} is not the manifest of an export. {AGAIN}")
    absent = [name for name in ("files", "population", "study", "corpus") if not isinstance(manifest.get(name), dict)]
    if absent:
        raise AnalysisError(f"{path} does not tell of {', '.join(absent)}. {AGAIN}")
    return manifest, hashlib.sha256(content).hexdigest()


def _is_triplets(path: PurePosixPath) -> bool:
    return path.name == TRIPLETS


def _is_stimuli(path: PurePosixPath) -> bool:
    """Tell whether this is the table of stimuli: stimuli.csv, .json or .parquet, or as Psych-DS calls it."""
    return path.name in {f"{STIMULI}.{form}" for form in FORMATS} or path.name.endswith(f"_table-{STIMULI}_data.csv")


def _named(folder: Path, files: dict[str, Any], what: str, wanted: Callable[[PurePosixPath], bool]) -> str:
    """Return the one file of the manifest that is wanted, by its path in the folder."""
    found = [name for name in files if wanted(PurePosixPath(name))]
    if len(found) != 1:
        raise AnalysisError(f"{folder / MANIFEST} names {len(found)} files that are the {what}, not one. {AGAIN}")
    return found[0]


def _check_unchanged(folder: Path, files: dict[str, Any], *, needed: tuple[str, ...]) -> None:
    """Raise `AnalysisError` unless the needed files are there, and every one that is there is as it was written."""
    for name, told in files.items():
        path = folder / name
        if not path.is_file() and name not in needed:
            continue
        try:
            content = path.read_bytes()
        except OSError as error:
            raise AnalysisError(f"{path} cannot be read: {error.strerror}. {AGAIN}") from error
        if hashlib.sha256(content).hexdigest() != told["sha256"]:
            raise AnalysisError(
                f"{path} was changed after the export: its digest is not the one in {MANIFEST}. {AGAIN}"
            )


def _triads(path: Path, n_clips: int) -> list[tuple[int, int, int]]:
    """Return clips a, b and the odd one of each judgement; a triad that holds a clip twice is left out."""
    triads = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        numbers = [int(word) for word in line.split() if word.isdecimal()]
        if len(numbers) != 3 or max(numbers) >= n_clips:
            raise AnalysisError(
                f"{path}, line {number}: {line!r} is not three row numbers of the table of stimuli. {AGAIN}"
            )
        a, b, odd = numbers
        if len({a, b, odd}) == 3:
            triads.append((a, b, odd))
    if not triads:
        raise AnalysisError(
            f"{path.parent} holds no judgement of a triad by people who are included. Collect answers to questions of "
            "the kinds odd_one_out or pair, then export again; answers to anchored questions are read from the "
            "database: give the study's slug."
        )
    return triads
