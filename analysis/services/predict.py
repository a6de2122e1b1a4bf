"""What every finished embedding run says about every trial (METHODS: Coding a triad), stored once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import transaction

from analysis.models import Prediction
from analysis.queries.plan import Plan, PlannedTrial, plan_of
from analysis.queries.runs import finished_runs
from analysis.queries.vectors import unit_vectors
from analysis.stats import triads
from annotations.models import StudyVersion
from modeling.models import EmbeddingRun

Vectors = dict[int, npt.NDArray[np.float64]]
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a version's trials one run predicts: stored now, stored before, and what it lacks clips for."""

    run: str
    stored: int
    already: int
    not_covered: int


def predict_version(*, version_pk: int, run_digest: str | None = None) -> list[Coverage]:
    """Store what each finished run of the version's corpus (or the one of `run_digest`) says about each trial.

    Doing it again changes nothing. A trial whose clips a run lacks gets no prediction and is counted.
    """
    version = StudyVersion.objects.get(pk=version_pk)
    plan = plan_of(version)
    runs = [run for run in finished_runs(version.corpus_id) if run_digest in (None, run.digest)]
    return [_predict(run, plan) for run in runs]


def predict_corpus(*, run_digest: str) -> list[Coverage]:
    """Store what one finished run says about each trial of every study version that uses its corpus."""
    versions = StudyVersion.objects.filter(corpus__embedding_runs__digest=run_digest).order_by("pk")
    return [
        coverage
        for pk in versions.values_list("pk", flat=True)
        for coverage in predict_version(version_pk=pk, run_digest=run_digest)
    ]


def _predict(run: EmbeddingRun, plan: Plan) -> Coverage:
    known = Prediction.objects.filter(run=run, trial__version=plan.version_pk).order_by()
    stored = set(known.values_list("trial_id", flat=True))
    missing = [trial for trial in plan.trials if trial.pk not in stored]
    already = len(plan.trials) - len(missing)
    if not missing:
        return Coverage(run.label, 0, already, 0)
    needed = {pk for trial in missing for pk in (*trial.clip_pks, trial.context_pk) if pk is not None}
    predictions = predictions_from(unit_vectors(run, needed), missing, run)
    with transaction.atomic():
        Prediction.objects.bulk_create(predictions, batch_size=BATCH, ignore_conflicts=True)
    return Coverage(run.label, len(predictions), already, len(missing) - len(predictions))


def predictions_from(vectors: Vectors, trials: Sequence[PlannedTrial], run: EmbeddingRun) -> list[Prediction]:
    """Return unsaved predictions for those trials whose clips all have a vector.

    Trials that are neither a triad nor shown with an embedded context get none: there is nothing to say.
    """
    similarities = similarities_of(vectors, trials)
    credit = triads.credit(similarities)
    predictions = []
    for index, trial in enumerate(trials):
        said: dict[str, Any] = {"fits": fits_of(vectors, trial)}
        if np.isfinite(similarities[index]).all():
            said |= {"similarities": similarities[index].tolist(), "credit": credit[index].tolist()}
        if any(value is not None for value in said.values()):
            predictions.append(Prediction(trial_id=trial.pk, run=run, **said))
    return predictions


def similarities_of(vectors: Vectors, trials: Sequence[PlannedTrial]) -> npt.NDArray[np.float64]:
    """Return (n_trials, 3) cosines, column k that of the pair which leaves slot k odd; NaN where none."""
    table = np.full((len(trials), 3), np.nan)
    for index, trial in enumerate(trials):
        if trial.is_triad and all(pk in vectors for pk in trial.clip_pks):
            a, b, c = (vectors[pk] for pk in trial.clip_pks)
            table[index] = b @ c, a @ c, a @ b
    return table


def fits_of(vectors: Vectors, trial: PlannedTrial) -> list[float] | None:
    """Return the cosine of the context and the clip in each slot, None where there is no embedded context."""
    context = None if trial.context_pk is None else vectors.get(trial.context_pk)
    if context is None or any(pk not in vectors for pk in trial.clip_pks):
        return None
    return [float(context @ vectors[pk]) for pk in trial.clip_pks]
