"""The folder of an export: written beside its place and moved there whole, so that no half of one is ever seen."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from analysis.errors import FolderInTheWayError

MANIFEST = "manifest.json"
KIND = "bcstudy export"


def check_free(folder: Path) -> None:
    """Raise `FolderInTheWayError` unless the folder is new, empty, or an earlier export and nothing else."""
    if not folder.exists():
        return
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else {folder.name}
    strange = sorted(there - _exported(folder))
    if strange:
        raise FolderInTheWayError.at(str(folder), strange)


def _exported(folder: Path) -> set[str]:
    """Names of the files that an earlier export put there."""
    path = folder / MANIFEST
    if not path.is_file():
        return set()
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return set()
    known = isinstance(manifest, dict) and manifest.get("kind") == KIND
    return {MANIFEST, *(name.split("/")[0] for name in manifest["files"])} if known else set()


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files and put the folder in its place, instead of an earlier export if there is one there."""
    check_free(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(content)
        draft.chmod(0o755)
        _swap(draft, folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _swap(draft: Path, folder: Path) -> None:
    if not folder.exists():
        draft.replace(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    folder.replace(old)
    draft.replace(folder)
    shutil.rmtree(old)
