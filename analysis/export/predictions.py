"""predictions.csv: what each model says about each trial that it covers."""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.export.cells import Cell
from analysis.export.clip_names import clip_names
from analysis.export.table import Table
from analysis.queries.plan import Plan
from analysis.queries.predictions import FloatArray, Predicted
from analysis.stats import triads

COLUMNS = {
    "trial": "trial of trials.csv",
    "model": "label of the embedding run",
    "run": "digest of the embedding run",
    **{f"similarity_{k}": f"cosine of the two clips other than slot {k}; empty for a trial of no three clips"
       for k in range(3)},
    **{f"probability_{k}": f"probability that slot {k} is called odd: softmax(similarity / T), T fitted to other "
       "trials; empty where the trial has no answers" for k in range(3)},
    "choice": "the odd clip that the model chooses; several where they tie",
}  # fmt: skip


def predictions_table(plan: Plan, models: Sequence[Predicted], probabilities: Mapping[str, FloatArray]) -> Table:
    """Return one row a model and covered trial, with as many `fit` columns as the widest trial has slots."""
    n_fits = max((len(fit) for one in models for fit in one.fits if fit is not None), default=0)
    fits = {f"fit_{k}": f"cosine of the context and the clip in slot {k}" for k in range(n_fits)}
    rows = [row for one in models for row in _rows(plan, one, probabilities[one.model.name], n_fits)]
    return Table("predictions.csv", COLUMNS | fits, rows)


def _rows(plan: Plan, one: Predicted, probabilities: FloatArray, n_fits: int) -> list[list[Cell]]:
    credit = triads.credit(one.similarities)
    rows: list[list[Cell]] = []
    for index, trial in enumerate(plan.trials):
        fits, covered = one.fits[index], bool(np.isfinite(one.similarities[index]).all())
        if fits is None and not covered:
            continue
        chosen = np.flatnonzero(np.nan_to_num(credit[index]) > 0)
        names = clip_names(trial.clips)
        padded: list[Cell] = [*(fits or ()), *[None] * (n_fits - len(fits or ()))]
        said = [*_known(one.similarities[index]), *_known(probabilities[index])]
        choice = " ".join(names[slot] for slot in chosen)
        rows.append([trial.key, one.model.name, one.model.digest, *said, choice, *padded])
    return rows


def _known(numbers: FloatArray) -> list[Cell]:
    """Return numbers as cells, those that are missing as empty ones."""
    return [float(number) if np.isfinite(number) else None for number in numbers]
