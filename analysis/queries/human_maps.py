"""Maps that were made of a study's judgements (`manage.py fit_people --map`)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from annotations.models import StudyVersion
from modeling.enums import RunState
from modeling.models import TrainingRun

KIND = "ordinal"


@dataclass(frozen=True, eq=False)
class StoredMap:
    """`positions` (n, 2) of the clips `keys`; `run` names the training run, `judgements` how many it was made of."""

    run: str
    method: str
    judgements: int
    keys: tuple[str, ...]
    positions: npt.NDArray[np.float64]


def stored_map(version: StudyVersion) -> StoredMap | None:
    """Return the latest finished map of people's judgements of exactly this version; None where there is none."""
    runs = TrainingRun.objects.filter(kind=KIND, state=RunState.FINISHED)
    mine = [run for run in runs if run.metrics.get("source", {}).get("study_digest") == version.digest]
    if not mine:
        return None
    run = max(mine, key=lambda one: (str(one.finished_at), one.digest))
    picture = run.metrics["picture"]
    return StoredMap(
        run.digest,
        run.metrics["method"],
        run.metrics["judgements"],
        tuple(picture["clips"]),
        np.asarray(picture["positions"], dtype=np.float64),
    )
