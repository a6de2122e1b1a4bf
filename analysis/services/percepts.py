"""What simulated listeners hear: from `percept_*` columns of the stimuli, or as an embedding run hears it.

- Percepts: the numeric `percept_*` attributes, z-scored over the backchannels (contexts by the same mean and
  standard deviation). Similarity is the negative Euclidean distance between two clips; a fit that between a
  context's own percepts, which say what would suit it, and the clip.
- A run: similarity and fit are the cosines that its predictions are made of.

Either way similarities are standardised over all triads of the study, fits over all rated clips, so that one
`noise` means the same in every study (`analysis.stats.listeners`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.errors import NoPerceptsError
from analysis.queries.plan import Plan, PlannedTrial
from analysis.queries.runs import finished_runs, run_named
from analysis.queries.stimuli import Sound, sounds_of
from analysis.queries.vectors import unit_vectors
from analysis.services.predict import fits_of, similarities_of
from analysis.stats.listeners import standardised
from annotations.models import StudyVersion
from corpus.enums import StimulusRole

FloatArray = npt.NDArray[np.float64]
PREFIX = "percept_"


@dataclass(frozen=True, slots=True)
class Heard:
    """Standardised similarities (3,) and fits (k,) by trial; a trial that is no triad, or has no context, lacks one."""

    similarities: Mapping[int, FloatArray]
    fits: Mapping[int, FloatArray]


def percepts_of(*, version: StudyVersion, plan: Plan, like: str = "") -> Heard:
    """Return what listeners hear in each trial: as the run `like`, else by the percepts of the stimuli.

    Raises `NoPerceptsError` where a clip has neither, `UnknownRunError` for a run that is not there.
    """
    if like:
        return _as_run(version, plan, like)
    return _by_percepts(sounds_of(version.corpus_id), plan, version.corpus.slug)


def _as_run(version: StudyVersion, plan: Plan, like: str) -> Heard:
    run = run_named(like, finished_runs(version.corpus_id))
    needed = {pk for trial in plan.trials for pk in (*trial.clip_pks, trial.context_pk) if pk is not None}
    vectors = unit_vectors(run, needed)
    lacking = [clip for trial in plan.triads for clip, pk in zip(trial.clips, trial.clip_pks, strict=True)
               if pk not in vectors]  # fmt: skip
    if lacking:
        raise NoPerceptsError(f"Run {run.label} has no embedding of {_few(lacking)}. Run `manage.py embed` again.")
    similarities = similarities_of(vectors, plan.triads)
    fits = {trial.pk: fits_of(vectors, trial) for trial in plan.trials}
    return Heard(_by_trial(plan.triads, similarities), _standardised_fits(fits))


def _by_percepts(sounds: Sequence[Sound], plan: Plan, corpus: str) -> Heard:
    points = percept_points(sounds)
    if not points:
        raise NoPerceptsError(
            f"The stimuli of {corpus} have no numeric {PREFIX}* columns that simulated listeners could hear by. "
            "Add such columns to stimuli.csv, or give --like RUN to hear as an embedding run does."
        )
    lacking = [clip for trial in plan.triads for clip, pk in zip(trial.clips, trial.clip_pks, strict=True)
               if pk not in points]  # fmt: skip
    if lacking:
        raise NoPerceptsError(f"{_few(lacking)}: no number in some {PREFIX}* column of stimuli.csv. Fill them in.")
    similarities = np.array([_similarities(points, trial) for trial in plan.triads]).reshape(-1, 3)
    fits = {trial.pk: _fits(points, trial) for trial in plan.trials}
    return Heard(_by_trial(plan.triads, similarities), _standardised_fits(fits))


def percept_points(sounds: Sequence[Sound]) -> dict[int, FloatArray]:
    """Return each stimulus' percepts, (n_percepts,), z-scored over the backchannels that have all of them.

    Columns that do not vary are left out; a stimulus with a gap or a word in one of them has no point.
    """
    names = sorted({name for sound in sounds for name in sound.attributes if name.startswith(PREFIX)})
    raw = {sound.pk: np.array([_number(sound.attributes.get(name)) for name in names]) for sound in sounds}
    complete = {pk: point for pk, point in raw.items() if names and np.isfinite(point).all()}
    clips = [complete[s.pk] for s in sounds if s.role == StimulusRole.BACKCHANNEL and s.pk in complete]
    if not clips:
        return {}
    mean, spread = np.mean(clips, axis=0), np.std(clips, axis=0)
    varies = spread > 0
    if not varies.any():
        return {}
    return {pk: (point[varies] - mean[varies]) / spread[varies] for pk, point in complete.items()}


def _number(cell: object) -> float:
    try:
        return float(cell) if isinstance(cell, str | int | float) else np.nan
    except ValueError:
        return np.nan


def _similarities(points: Mapping[int, FloatArray], trial: PlannedTrial) -> list[float]:
    a, b, c = (points[pk] for pk in trial.clip_pks)
    return [-float(np.linalg.norm(one - other)) for one, other in ((b, c), (a, c), (a, b))]


def _fits(points: Mapping[int, FloatArray], trial: PlannedTrial) -> list[float] | None:
    context = None if trial.context_pk is None else points.get(trial.context_pk)
    if context is None or any(pk not in points for pk in trial.clip_pks):
        return None
    return [-float(np.linalg.norm(context - points[pk])) for pk in trial.clip_pks]


def _by_trial(trials: Sequence[PlannedTrial], similarities: FloatArray) -> dict[int, FloatArray]:
    if not len(trials):
        return {}
    return {trial.pk: row for trial, row in zip(trials, standardised(similarities), strict=True)}


def _standardised_fits(fits: Mapping[int, Sequence[float] | None]) -> dict[int, FloatArray]:
    """Return the fits of trials that have them, with mean 0 and standard deviation 1 over all of them."""
    known = {pk: np.array(fit) for pk, fit in fits.items() if fit is not None}
    if not known:
        return {}
    every = np.concatenate(list(known.values()))
    spread = every.std() or 1.0
    return {pk: (fit - every.mean()) / spread for pk, fit in known.items()}


def _few(names: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(names))
    return ", ".join(distinct[:5]) + (f" and {len(distinct) - 5} more" if len(distinct) > 5 else "")
