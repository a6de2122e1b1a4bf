"""People's judgements frozen under their digest: what a run is fitted to cannot change under it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from modeling.errors import RunError

if TYPE_CHECKING:
    from modeling.ml.judgements.frozen import Frozen


def folder() -> Path:
    """Return where frozen judgements lie."""
    return Path(settings.MODELS_ROOT) / "judgements"


def freeze_judgements(
    *,
    keys: Sequence[str],
    tokens: Mapping[str, str],
    triads: Sequence[tuple[int, int, int]],
    anchored: bool,
    source: Mapping[str, Any],
) -> tuple[str, "Frozen"]:
    """Store single judgements, and return their digest and themselves.

    A triad holds the numbers in `keys` of three different clips, the odd one last; of `anchored` ones the first clip is
    the anchor, and the last the one less like it. `tokens` are written forms by key; `source` tells where they come
    from. Raises `RunError` where there are none.
    """
    import numpy as np

    from modeling.ml.judgements.frozen import frozen_of, store
    from modeling.ml.ordinal.judged import Judged

    if not triads:
        raise RunError("There is no judgement of three different clips to fit anything to.")
    frozen = frozen_of(list(keys), tokens, Judged.of(triads, np.full(len(triads), 2), anchored=anchored), source)
    return store(folder(), frozen), frozen


def frozen_judgements(digest: str) -> "Frozen":
    """Return frozen judgements; raise `RunError` where they are absent or were changed."""
    from modeling.ml.judgements.errors import JudgementsError
    from modeling.ml.judgements.frozen import load

    try:
        return load(folder(), digest)
    except JudgementsError as error:
        raise RunError(str(error)) from error
