"""Judgements from a folder that `export_agreement` wrote: people's included answers to triads, and nothing else.

`triplets_spose.txt` holds exactly these, one a line: no checks, no answers of excluded participants, no ratings.
"""

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from modeling.ml.judgements.errors import JudgementsError
from modeling.ml.judgements.frozen import Frozen, frozen_of
from modeling.ml.ordinal.judged import Judged

MANIFEST = "manifest.json"
KIND = "bcstudy export"
TRIPLETS, STIMULI = "triplets_spose.txt", "stimuli.csv"
AGAIN = "Write the export again: manage.py export_agreement STUDY --output FOLDER"


def read_export(folder: Path) -> Frozen:
    """Return the judgements of an export, every file of which is as the manifest says.

    Raises `JudgementsError` for a folder that is no export, a changed or missing file, answers that are not people's,
    and an export without judgements of triads.
    """
    manifest = _manifest(folder)
    texts = _checked(folder, manifest["files"])
    population = manifest["population"]["name"]
    if population != "people":
        raise JudgementsError(
            f"{folder} holds answers of {manifest['population']['called']}, and transforms and maps are fitted to "
            "people only.",
            "Write an export of people's answers: manage.py export_agreement STUDY --output FOLDER",
        )
    keys, tokens = _clips(folder, texts[STIMULI])
    rows = _rows(folder, texts[TRIPLETS], len(keys))
    study, corpus = manifest["study"], manifest["corpus"]
    source = {
        "export": hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest(),
        "study": study["slug"],
        "version": study["version"],
        "study_digest": study["digest"],
        "corpus": corpus["slug"],
        "corpus_digest": corpus["digest"],
        "population": population,
        "subset": manifest.get("settings", {}).get("subset", ""),
    }
    return frozen_of(keys, tokens, Judged.of(rows, np.full(len(rows), 2)), source)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise JudgementsError(
            f"{folder} is no export: {path} cannot be read ({error.strerror}).",
            "Give the folder that export_agreement wrote, or a CSV of triplets.",
        ) from error
    except ValueError as error:
        raise JudgementsError(f"{path} is not JSON ({error}).", AGAIN) from error
    if not isinstance(manifest, dict) or manifest.get("kind") != KIND:
        raise JudgementsError(f"{path} is not the manifest of an export.", AGAIN)
    absent = [name for name in ("files", "population", "study", "corpus") if not isinstance(manifest.get(name), dict)]
    absent += [name for name in (TRIPLETS, STIMULI) if name not in manifest.get("files", {})]
    if absent:
        raise JudgementsError(f"{path} does not tell of {', '.join(absent)}: exports are read as flat CSV only.", AGAIN)
    return manifest


def _checked(folder: Path, files: dict[str, Any]) -> dict[str, str]:
    """Return the two files that are read; one that is there must be as it was written, whatever it is."""
    texts = {}
    for name, told in files.items():
        path = folder / name
        if not path.is_file() and name not in (TRIPLETS, STIMULI):
            continue
        try:
            content = path.read_bytes()
        except OSError as error:
            raise JudgementsError(f"{path} cannot be read: {error.strerror}.", AGAIN) from error
        if hashlib.sha256(content).hexdigest() != told["sha256"]:
            raise JudgementsError(
                f"{path} was changed after the export: its digest is not the one in {MANIFEST}.", AGAIN
            )
        if name in (TRIPLETS, STIMULI):
            texts[name] = content.decode("utf-8")
    return texts


def _clips(folder: Path, text: str) -> tuple[list[str], dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    if rows and not {"stimulus", "token"} <= set(rows[0]):
        raise JudgementsError(f"{folder / STIMULI} lacks the columns stimulus and token.", AGAIN)
    return [_plain(row["stimulus"]) for row in rows], {_plain(row["stimulus"]): _plain(row["token"]) for row in rows}


def _plain(cell: str) -> str:
    """Return a cell without the apostrophe that keeps spreadsheets from running it as a formula (docs/formats.md)."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(tuple("=+-@'\t\r\n")) else cell


def _rows(folder: Path, text: str, n_clips: int) -> list[list[int]]:
    """Return clips a, b and the odd one of each judgement; a triad that holds a clip twice is left out."""
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        numbers = [int(word) for word in line.split() if word.isdecimal()]
        if len(numbers) != 3 or max(numbers) >= n_clips:
            raise JudgementsError(
                f"{folder / TRIPLETS}, line {number}: {line!r} is not three row numbers of stimuli.csv.", AGAIN
            )
        if len(set(numbers)) == 3:
            rows.append(numbers)
    if not rows:
        raise JudgementsError(
            f"{folder} holds no judgement of a triad by people who are included.",
            "Collect answers to questions of the kinds odd_one_out or pair, then export again.",
        )
    return rows
