"""People's judgements from files, frozen under their digest: what a run is fitted to cannot change under it."""

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from modeling.errors import RunError

if TYPE_CHECKING:
    from modeling.ml.judgements.frozen import Frozen


def folder() -> Path:
    """Return where frozen judgements lie."""
    return Path(settings.MODELS_ROOT) / "judgements"


def freeze_judgements(*, path: Path) -> tuple[str, "Frozen"]:
    """Read an export's folder, or a CSV of triplets, store its judgements, and return their digest and themselves.

    Raises `RunError` saying where what is wrong.
    """
    from modeling.ml.judgements.errors import JudgementsError
    from modeling.ml.judgements.export import read_export
    from modeling.ml.judgements.frozen import store
    from modeling.ml.judgements.plain import read_triplets

    try:
        frozen = read_triplets(path) if path.is_file() else read_export(path)
    except JudgementsError as error:
        raise RunError(str(error)) from error
    return store(folder(), frozen), frozen


def frozen_judgements(digest: str) -> "Frozen":
    """Return frozen judgements; raise `RunError` where they are absent or were changed."""
    from modeling.ml.judgements.errors import JudgementsError
    from modeling.ml.judgements.frozen import load

    try:
        return load(folder(), digest)
    except JudgementsError as error:
        raise RunError(str(error)) from error
