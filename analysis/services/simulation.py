"""Listeners with known sensitivity who answer through the same services as people do.

Listener i of a seed always hears, is given and answers the same in the same study: the listener's own seed
draws the trials, and every answer has random numbers of its own. So a run that was interrupted continues
where it was, and the same command twice adds nobody.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5
from zlib import crc32

import numpy as np

from analysis.errors import AnalysisError
from analysis.queries.plan import Plan, PlannedTrial, plan_of
from analysis.queries.runs import finished_runs, run_named
from analysis.queries.versions import version_of
from analysis.services.percepts import Heard, percepts_of
from annotations.enums import ParticipantKind, Stage
from annotations.models import Assignment, Participant, StudyVersion
from annotations.questions import get_kind
from annotations.questions.base import Percept
from annotations.services.allocation import next_assignment
from annotations.services.answers import record_response
from annotations.services.participation import begin, consent_hash, finish, give_consent, join
from annotations.study_file.schema import definition_of

PLATFORM = "simulated"
# Response times: log-normal with this median and spread, made up so that files are complete.
MEDIAN_RT_MS, RT_SPREAD = 4000.0, 0.4


@dataclass(frozen=True, slots=True)
class Simulated:
    """How many listeners are there now for these settings, and how many answers they gave this time."""

    listeners: int
    answers: int


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What makes one group of listeners: their noise, their seed and whose ears they have (a run's digest)."""

    noise: float
    seed: int
    like: str

    def origin(self, index: int) -> dict[str, Any]:
        """Return what `Participant.origin` keeps; JSON has no infinity, so noise is text there."""
        return {"noise": f"{self.noise:g}", "seed": self.seed, "like": self.like, "listener": index}


def simulate_listeners(
    *,
    study_slug: str,
    n: int,
    noise: float,
    seed: int,
    like: str = "",
    progress: Callable[[int], None] = lambda done: None,
) -> Simulated:
    """Let `n` simulated listeners take part until nothing is left for them; `progress` hears of each one done.

    `noise` is that of `Percept`: 0 hears perfectly, infinity not at all. `like` names an embedding run by label or
    start of its digest. Raises `NoPerceptsError`, `UnknownRunError`, `UnknownStudyError`.
    """
    if n < 1 or not noise >= 0 or seed < 0:
        raise AnalysisError("Give --n of at least 1, --noise of 0 or more (or inf), --seed of 0 or more.")
    version = version_of(study_slug)
    plan = plan_of(version)
    heard = percepts_of(version=version, plan=plan, like=like)
    digest = run_named(like, finished_runs(version.corpus_id)).digest if like else ""
    group = Sensitivity(noise, seed, digest)
    answers = 0
    for index in range(n):
        answers += _take_part(version, plan, heard, group, index)
        progress(index + 1)
    return Simulated(n, answers)


def _take_part(version: StudyVersion, plan: Plan, heard: Heard, group: Sensitivity, index: int) -> int:
    """Let one listener answer what is left for it; return the number of answers."""
    listener = _arrive(version, group, index)
    if listener.stage == Stage.DONE:
        return 0
    trials = {trial.pk: trial for trial in plan.trials}
    answers = 0
    while (page := next_assignment(participant=listener)) is not None:
        _answer(listener, page, plan, trials[page.trial_id], heard, group.noise)
        answers += 1
    finish(participant=listener)
    return answers


def _arrive(version: StudyVersion, group: Sensitivity, index: int) -> Participant:
    """Return listener number `index` of the group, with consent given and instructions read."""
    language = definition_of(version).languages[0]
    listener = join(
        study_slug=version.study.slug,
        kind=ParticipantKind.SIMULATED,
        platform=PLATFORM,
        external_id=f"v{version.number} noise {group.noise:g} seed {group.seed} like {group.like[:16]} no. {index}",
        language=language,
        seed=int(np.random.SeedSequence([group.seed, index]).generate_state(1, np.uint64)[0] >> 1),
    )
    if listener.stage == Stage.ARRIVED:
        Participant.objects.filter(pk=listener.pk).update(origin=group.origin(index))
        text = consent_hash(version, language) or ""
        listener = give_consent(participant=listener, language=language, consent_sha256=text)
    return begin(participant=listener)


def _answer(
    listener: Participant, page: Assignment, plan: Plan, trial: PlannedTrial, heard: Heard, noise: float
) -> None:
    percept = Percept(heard.similarities.get(trial.pk), heard.fits.get(trial.pk), noise)
    rng = np.random.default_rng([listener.seed, crc32(trial.key.encode())])
    answers = {
        question.name: get_kind(question.kind).simulate(
            percept, settings=question.settings, per_clip=question.per_clip, n_clips=len(trial.clips), rng=rng
        )
        for question in plan.questions
        if question.task == trial.task
    }
    record_response(
        participant=listener,
        assignment_key=page.key,
        idempotency_key=uuid5(NAMESPACE_OID, page.key),
        answers=answers,
        rt_ms=round(MEDIAN_RT_MS * math.exp(RT_SPREAD * rng.standard_normal()), 1),
        plays=[1] * len(trial.clips),
    )
