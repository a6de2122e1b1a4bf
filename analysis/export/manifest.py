"""manifest.json: what every number in the export can be traced to."""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import analysis
from analysis.agreement.measures import MEASURES
from analysis.export.folder import KIND
from analysis.export.table import Table
from analysis.queries.answers import Answers
from analysis.queries.runs import Model
from annotations.models import StudyVersion

LIBRARIES = ("django", "numpy", "scipy", "matplotlib")


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of the programs that computed the figures."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def manifest_text(
    *,
    study: StudyVersion,
    answers: Answers,
    models: Sequence[Model],
    settings: Mapping[str, Any],
    files: Mapping[str, bytes],
    tables: Sequence[Table],
) -> str:
    """Return the manifest of the files as JSON; it holds no time but that of the last answer."""
    manifest = {
        "kind": KIND,
        "population": {"name": answers.population.value, "called": answers.population.label},
        "study": {"slug": study.study.slug, "version": study.number, "digest": study.digest},
        "corpus": {
            "slug": study.corpus.slug,
            "digest": study.corpus.digest,
            "digest_when_planned": study.corpus_digest,
            "synthetic": study.corpus.synthetic,
        },
        "runs": [_run(model) for model in models],
        "settings": dict(settings),
        "answers_until": max((row.answered_at.isoformat() for row in answers.rows), default=None),
        "versions": versions(),
        "code": {"analysis": code_digest()},
        "files": {name: _file(content) for name, content in files.items()},
        "measures": MEASURES,
        "codebook": {table.name: dict(table.columns) for table in tables},
    }
    return json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _file(content: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def _run(model: Model) -> dict[str, Any]:
    return {
        "model": model.name,
        "digest": model.digest,
        "encoder": model.encoder,
        "settings": model.settings,
        "weights_digest": model.weights_digest,
        "corpus_digest": model.corpus_digest,
        "versions": model.versions,
    }


def code_digest() -> str:
    """Return the SHA-256 over the source of this app: what computed the figures."""
    root = Path(analysis.__path__[0])
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
