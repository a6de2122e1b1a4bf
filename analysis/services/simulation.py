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
from analysis.queries.listening import Listening, listening_of
from analysis.queries.plan import AskedQuestion, PlannedTrial, plan_of
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
    digest = run_named(like, finished_runs(version.corpus_id)).digest if like else ""
    session = Session.open(version, Sensitivity(noise, seed, digest))
    answers = 0
    for index in range(n):
        answers += _take_part(session, index)
        progress(index + 1)
    return Simulated(n, answers)


@dataclass(frozen=True, slots=True)
class Session:
    """A study version with what its listeners hear in each trial."""

    version: StudyVersion
    group: Sensitivity
    heard: Heard
    trials: dict[int, PlannedTrial]
    questions: tuple[AskedQuestion, ...]
    listening: Listening

    @classmethod
    def open(cls, version: StudyVersion, group: Sensitivity) -> "Session":
        """Read the plan and compute what is heard; raise `NoPerceptsError` where nothing can be."""
        plan = plan_of(version)
        heard = percepts_of(version=version, plan=plan, like=group.like)
        return cls(
            version, group, heard, {trial.pk: trial for trial in plan.trials}, plan.questions, listening_of(version)
        )

    def percept(self, trial: PlannedTrial) -> Percept:
        """Return what is heard in a trial, before noise."""
        return Percept(self.heard.similarities.get(trial.pk), self.heard.fits.get(trial.pk), self.group.noise)


def _take_part(session: Session, index: int) -> int:
    """Let one listener answer what is left for it; return the number of answers."""
    listener = _arrive(session.version, session.group, index)
    if listener.stage == Stage.DONE:
        return 0
    answers = 0
    while (page := next_assignment(participant=listener)) is not None:
        _answer(session, listener, page)
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


def _answer(session: Session, listener: Participant, page: Assignment) -> None:
    trial = session.trials[page.trial_id]
    percept = session.percept(trial)
    rng = np.random.default_rng([listener.seed, crc32(trial.key.encode())])
    answers = {
        question.name: get_kind(question.kind).simulate(
            percept, settings=question.settings, per_clip=question.per_clip, n_clips=len(trial.clips), rng=rng
        )
        for question in session.questions
        if question.task == trial.task
    }
    record_response(
        participant=listener,
        assignment_key=page.key,
        idempotency_key=uuid5(NAMESPACE_OID, page.key),
        answers=answers,
        rt_ms=_response_time(session.listening.least_ms.get(trial.pk, 0.0), rng),
        plays=[1] * len(trial.clips),
    )


def _response_time(least_ms: float, rng: np.random.Generator) -> float:
    """Return milliseconds: what hearing the page's sounds takes, and a lognormal time to make up one's mind."""
    return round(least_ms + MEDIAN_RT_MS * math.exp(RT_SPREAD * rng.standard_normal()), 1)
