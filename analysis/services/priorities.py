"""Working out which trials of an adaptive study to ask next, and writing it down as `Trial.priority`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.agreement.samples import TRIAD_KINDS
from analysis.enums import Population, PriorityBy, Subset
from analysis.errors import AnalysisError
from analysis.queries.answers import Answers, answers_of
from analysis.queries.plan import PlannedTrial, plan_of
from analysis.queries.predictions import predictions_of
from analysis.queries.runs import models_shown
from analysis.services.predict import predict_version
from analysis.stats import temperature, triads
from analysis.stats.priorities import committee_information, undecided
from annotations.models import StudyVersion
from annotations.services.priorities import set_priorities

Floats = npt.NDArray[np.float64]
N_MAPS, DIMENSION, STEPS = 6, 2, 200


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
    """Where models disagree most: what the answer tells about which of them is right."""
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
    return committee_information([_probabilities(one.similarities[rows], asking.counts) for one in said])


def _by_people(asking: Asking, seed: int) -> Floats:
    """Where people have not decided: the probability that the leading answer is not what most people would say."""
    return undecided(asking.counts)


def _by_map(asking: Asking, seed: int) -> Floats:
    """Where maps of resampled judgements disagree: what the answer tells about the map."""
    from modeling.ml.ordinal.embedding import embed
    from modeling.ml.ordinal.judged import Judged

    clips, items = np.unique(np.array([trial.clip_pks for trial in asking.trials]), return_inverse=True)
    items = items.reshape(-1, 3)
    trial, odd = np.repeat(np.indices(asking.counts.shape).reshape(2, -1), asking.counts.ravel().astype(int), axis=1)
    different = np.array([len(set(one.clip_pks)) == 3 for one in asking.trials])
    trial, odd = trial[different[trial]], odd[different[trial]]
    if len(trial) < len(clips):
        raise AnalysisError(
            f"{len(trial)} judgements of {len(clips)} clips are too few for a map. Go by models or people until there "
            "are more."
        )
    rng = np.random.default_rng(seed)
    said = []
    for _ in range(N_MAPS):
        drawn = rng.integers(len(trial), size=len(trial))
        judged = Judged.of(items[trial[drawn]], odd[drawn])
        start = int(rng.integers(2**31))
        drawn_map = embed(judged, dimension=DIMENSION, n_clips=len(clips), starts=1, steps=STEPS, seed=start)
        said.append(_probabilities(-_apart(drawn_map.positions[items]), asking.counts))
    return committee_information(said)


def _apart(clips: Floats) -> Floats:
    """Return the distance of the pair that leaves each slot odd: (n_trials, 3, dimension) → (n_trials, 3)."""
    pairs = ((1, 2), (0, 2), (0, 1))
    return np.stack([np.linalg.norm(clips[:, one] - clips[:, other], axis=1) for one, other in pairs], axis=1)


def _probabilities(similarities: Floats, counts: Floats) -> Floats:
    """Return softmax(s / T), T as judged so far; before the first judgement the spread of s within trials."""
    judged = counts.sum(axis=1) > 0
    if triads.covered(similarities)[judged].any():
        sharpness = temperature.fit(similarities, counts)
    else:
        spread = float(np.nanmean(np.nanstd(similarities, axis=1)))
        sharpness = spread if spread > 0 else float("inf")
    return triads.probabilities(similarities, sharpness)


_POLICIES: dict[PriorityBy, Callable[[Asking, int], Floats]] = {
    PriorityBy.MODELS: _by_models,
    PriorityBy.PEOPLE: _by_people,
    PriorityBy.MAP: _by_map,
}
