"""The trials of a version as they were planned: keys, slots and strata."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

from annotations.models import Question, StudyVersion, Trial, TrialClip

TRIAD = 3


@dataclass(frozen=True, slots=True)
class PlannedTrial:
    """A trial with its clips in slot order; `clips` are stimulus keys, `clip_pks` their rows.

    `tokens` and `speakers` are those of the clips, empty where the corpus does not say.
    """

    pk: int
    key: str
    task: str
    context: str
    context_pk: int | None
    clips: tuple[str, ...]
    clip_pks: tuple[int, ...]
    true_slot: int | None
    stratum: str
    block: str
    check: str
    answers: Any
    planned: int
    tokens: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()

    @property
    def is_triad(self) -> bool:
        """Whether three clips are compared."""
        return len(self.clips) == TRIAD


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of a task."""

    pk: int
    task: str
    name: str
    kind: str
    per_clip: bool
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """Trials in the order of the plan and questions in the order of the pages."""

    version_pk: int
    trials: tuple[PlannedTrial, ...]
    questions: tuple[AskedQuestion, ...]

    @property
    def triads(self) -> tuple[PlannedTrial, ...]:
        """The trials with three clips."""
        return tuple(trial for trial in self.trials if trial.is_triad)

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the tasks that have trials or questions, in order."""
        return tuple(dict.fromkeys([q.task for q in self.questions] + [t.task for t in self.trials]))


def plan_of(version: StudyVersion) -> Plan:
    """Read a version's trials and questions in three queries."""
    clips: dict[int, list[_Clip]] = defaultdict(list)
    rows = TrialClip.objects.filter(trial__version=version).order_by("trial_id", "slot")
    for trial, *clip in rows.values_list("trial_id", *(f"stimulus__{name}" for name in _Clip._fields)):
        clips[trial].append(_Clip(*clip))
    trials = Trial.objects.filter(version=version).select_related("task", "context").order_by("position", "pk")
    questions = Question.objects.filter(task__version=version).select_related("task")
    return Plan(
        version_pk=version.pk,
        trials=tuple(_trial(trial, clips[trial.pk]) for trial in trials),
        questions=tuple(_question(q) for q in questions.order_by("task__position", "position", "pk")),
    )


class _Clip(NamedTuple):
    key: str
    pk: int
    token: str
    speaker: str


def _trial(trial: Trial, clips: list[_Clip]) -> PlannedTrial:
    return PlannedTrial(
        pk=trial.pk,
        key=trial.key,
        task=trial.task.name,
        context=trial.context.key if trial.context else "",
        context_pk=trial.context_id,
        clips=tuple(clip.key for clip in clips),
        clip_pks=tuple(clip.pk for clip in clips),
        true_slot=trial.true_slot,
        stratum=trial.stratum,
        block=trial.block,
        check=trial.check_kind,
        answers=trial.answers,
        planned=trial.planned,
        tokens=tuple(clip.token for clip in clips),
        speakers=tuple(clip.speaker for clip in clips),
    )


def _question(question: Question) -> AskedQuestion:
    return AskedQuestion(
        pk=question.pk,
        task=question.task.name,
        name=question.name,
        kind=question.kind,
        per_clip=question.per_clip,
        settings=question.settings,
    )
