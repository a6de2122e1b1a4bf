"""Working out which trials of an adaptive study to ask next, and writing it down as `Trial.priority`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.agreement import policies
from analysis.agreement.samples import TRIAD_KINDS
from analysis.enums import Population, PriorityBy, Subset
from analysis.errors import AnalysisError
from analysis.queries.answers import Answers, answers_of
from analysis.queries.plan import PlannedTrial, plan_of
from analysis.queries.predictions import predictions_of
from analysis.queries.runs import models_shown
from analysis.services.predict import predict_version
from annotations.models import StudyVersion
from annotations.services.priorities import set_priorities

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asking:
    """The ordinary triads of a version in the order of the plan, what each was judged, and by whom it is asked.

    `counts` (n_trials, 3): judgements of people who are not excluded, for each odd slot, however the trial was chosen.
    """

    version: StudyVersion
    answers: Answers
    trials: tuple[PlannedTrial, ...]
    counts: Floats


@dataclass(frozen=True, slots=True)
class Prioritised:
    """How many trials have a priority now, how many of them changed, and the highest ones' keys."""

    trials: int
    changed: int
    first: tuple[str, ...]


def prioritise(*, version_pk: int, by: PriorityBy, seed: int = 0) -> Prioritised:
    """Set the priority of every ordinary triad of a version; contexts and checks keep theirs.

    Raises `AnalysisError` where there is nothing to go by: no triads, fewer than two models, no judgements for a map.
    """
    version = StudyVersion.objects.select_related("study", "corpus").get(pk=version_pk)
    asking = _asking(version)
    values = _POLICIES[by](asking, seed)
    order = np.argsort(-values, kind="stable")[:5]
    changed = set_priorities(
        version=version,
        priorities={trial.pk: float(value) for trial, value in zip(asking.trials, values, strict=True)},
    )
    return Prioritised(len(values), changed, tuple(asking.trials[at].key for at in order))


def _asking(version: StudyVersion) -> Asking:
    answers = answers_of(plan_of(version), Population.PEOPLE, Subset.ALL)
    about_triads = {question.task for question in answers.plan.questions if question.kind in TRIAD_KINDS}
    trials = tuple(trial for trial in answers.plan.triads if trial.task in about_triads and not trial.check)
    if not trials:
        raise AnalysisError(f"{version.study.slug} has no triads, and priorities are worked out for triads only.")
    place = {trial.pk: index for index, trial in enumerate(trials)}
    kinds = {question.pk: question.kind for question in answers.plan.questions}
    staying = {one.pk for one in answers.participants if not one.excluded}
    counts = np.zeros((len(trials), 3))
    for row in answers.rows:
        judged = row.chosen_slot is not None and kinds[row.question] in TRIAD_KINDS
        if judged and row.trial in place and row.participant in staying:
            counts[place[row.trial], row.chosen_slot] += 1
    return Asking(version, answers, trials, counts)


def _by_models(asking: Asking, seed: int) -> Floats:
    version = asking.version
    predict_version(version_pk=version.pk)
    models = models_shown(version.corpus_id, corpus_digest=version.corpus_digest)
    if len(models) < 2:
        raise AnalysisError(
            f"{len(models)} embedding runs of {version.corpus.slug} have finished; priorities by models need two. "
            "`manage.py embed` starts one, or go by people."
        )
    place = {trial.pk: index for index, trial in enumerate(asking.answers.plan.trials)}
    rows = np.array([place[trial.pk] for trial in asking.trials])
    said = predictions_of(models, asking.answers.plan)
    return policies.by_models([one.similarities[rows] for one in said], asking.counts)


def _by_people(asking: Asking, seed: int) -> Floats:
    return policies.by_people(asking.counts)


def _by_map(asking: Asking, seed: int) -> Floats:
    return policies.by_map([trial.clip_pks for trial in asking.trials], asking.counts, seed=seed)


_POLICIES: dict[PriorityBy, Callable[[Asking, int], Floats]] = {
    PriorityBy.MODELS: _by_models,
    PriorityBy.PEOPLE: _by_people,
    PriorityBy.MAP: _by_map,
}
