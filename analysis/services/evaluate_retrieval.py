"""Writing how trained spaces retrieve, beside everything they are compared with, into one folder."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analysis.errors import AnalysisError
from analysis.export.folder import KIND, MANIFEST, check_free, write_folder
from analysis.queries.joint_runs import JointRun, joint_runs
from analysis.retrieval import text
from analysis.retrieval.figures import Evaluated, evaluated
from analysis.retrieval.models import Pool, ranked_models
from analysis.retrieval.picture import picture


@dataclass(frozen=True)
class RetrievalWritten:
    """What was written: the files, the table as text, and what is to be known of the pool."""

    folder: Path
    files: tuple[str, ...]
    table: str


def evaluate_retrieval(
    *, names: Sequence[str], output: Path, n_resamples: int = 2000, seed: int = 0, largest: int = 10_000
) -> RetrievalWritten:
    """Write retrieval.csv, .md, .tex and .svg, differences.csv and a manifest; the same runs and seed, the same bytes.

    `names`: corpora or digests of joint runs. Raises `AnalysisError`, `FolderInTheWayError` and `RunError`.
    """
    if n_resamples < 1 or seed < 0 or largest < 2:
        raise AnalysisError("Give --bootstrap of at least 1, --seed of 0 or more and --pool of at least 2.")
    folder = output.expanduser().absolute()
    check_free(folder)
    runs = joint_runs(names)
    pool = _ranked(runs, largest, seed)
    found = evaluated(pool, runs, n_resamples=n_resamples, seed=seed)
    told = {"bootstrap": n_resamples, "seed": seed, "pool": largest}
    files = _files(found, pool, runs, told)
    write_folder(folder, {name: content.encode() for name, content in files.items()})
    return RetrievalWritten(folder, tuple(files), files["retrieval.md"])


def _ranked(runs: Sequence[JointRun], largest: int, seed: int) -> Pool:
    from modeling.ml.joint.errors import JointError

    try:
        return ranked_models(runs, largest=largest, seed=seed)
    except JointError as error:
        raise AnalysisError(str(error)) from error


def _files(found: Evaluated, pool: Pool, runs: Sequence[JointRun], told: dict[str, Any]) -> dict[str, str]:
    tables = [text.estimates_table(found), text.differences_table(found)]
    files = {table.name: table.text for table in tables}
    notes = _notes(pool, told)
    files["retrieval.md"] = text.markdown(found, notes)
    files["retrieval.tex"] = text.latex(found)
    files["retrieval.svg"] = picture(found)
    manifest = {
        "kind": KIND,
        "what": "retrieval",
        "settings": told,
        "notes": notes,
        "pool": {"items": len(pool.rows), "of": pool.of, "dialogues": len(np.unique(pool.dialogue))},
        "extraction": runs[0].run.data_digest,
        "runs": [
            {"digest": one.run.digest, "name": one.name, "settings": one.run.settings, "versions": one.run.versions}
            for one in runs
        ],
        "columns": {table.name: dict(table.columns) for table in tables},
        "files": {name: {"sha256": hashlib.sha256(content.encode()).hexdigest()} for name, content in files.items()},
    }
    files[MANIFEST] = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    return files


def _notes(pool: Pool, told: dict[str, Any]) -> list[str]:
    from modeling.ml.joint.judging import small_pool

    size, dialogues = len(pool.rows), len(np.unique(pool.dialogue))
    chosen = f", a fixed choice of {pool.of:,}" if pool.of > size else ""
    way = f"95 % intervals: dialogues resampled, B = {told['bootstrap']}, seed {told['seed']}."
    small = small_pool(size)
    return [
        f"Pool: {size:,} backchannels of the test part{chosen}, of {dialogues:,} dialogues. {way}",
        *([f"The pool is small: {small}."] if small else []),
        *([f"Only {dialogues} dialogues are resampled: intervals are rough."] if dialogues < 20 else []),
    ]
