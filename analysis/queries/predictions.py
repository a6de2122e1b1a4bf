"""Stored predictions as arrays over the trials of a plan."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.models import Prediction
from analysis.queries.plan import TRIAD, Plan
from analysis.queries.runs import Model

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Predicted:
    """What one model says about each trial, in the order of the trials.

    `similarities` (n_trials, 3): similarity of the pair that leaves slot k odd, NaN rows where there is none.
    `fits`: for each trial one number a slot, or None.
    """

    model: Model
    similarities: FloatArray
    fits: tuple[tuple[float, ...] | None, ...]

    @property
    def n_triads(self) -> int:
        """How many triads the model covers."""
        return int(np.isfinite(self.similarities).all(axis=1).sum())


def predictions_of(models: Sequence[Model], plan: Plan) -> list[Predicted]:
    """Read what the models say about the trials of a plan, in one query."""
    place = {trial.pk: index for index, trial in enumerate(plan.trials)}
    tables = {model.pk: np.full((len(place), TRIAD), np.nan) for model in models}
    fits: dict[int, list[tuple[float, ...] | None]] = {model.pk: [None] * len(place) for model in models}
    rows = Prediction.objects.filter(run__in=list(tables), trial__version=plan.version_pk).order_by()
    for run, trial, similarities, fit in rows.values_list("run_id", "trial_id", "similarities", "fits"):
        if similarities is not None:
            tables[run][place[trial]] = similarities
        if fit is not None:
            fits[run][place[trial]] = tuple(fit)
    return [Predicted(model, tables[model.pk], tuple(fits[model.pk])) for model in models]
