"""How far a study has come, in a number of queries that does not grow with it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from analysis.enums import Population
from analysis.queries.freshness import participants_of
from analysis.queries.versions import KINDS
from annotations.enums import AssignmentState, Stage
from annotations.models import Assignment, StudyVersion, Trial

MIN_DAYS_OF_PACE = 0.05


@dataclass(frozen=True, slots=True)
class StageCount:
    """Participants at one stage now."""

    stage: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class TrialCount:
    """A trial and how many have answered it, those excluded not counted; with `full` of them it is drawn as full."""

    key: str
    task: str
    stratum: str
    check: str
    answers: int
    planned: int
    full: int

    @property
    def level(self) -> int:
        """How full it is: 0 (empty) to 5 (full), 6 for more."""
        if self.answers > self.full:
            return 6
        return -(-5 * self.answers // self.full) if self.full else 5


@dataclass(frozen=True, slots=True)
class Collected:
    """Participants by stage, answers to each trial, and the pace so far."""

    stages: tuple[StageCount, ...]
    excluded: int
    trials: tuple[TrialCount, ...]
    first: datetime | None
    last: datetime | None

    @property
    def participants(self) -> int:
        """Everyone who came."""
        return sum(stage.count for stage in self.stages)

    @property
    def bar(self) -> list[tuple[str, int, int]]:
        """Stages as parts of a bar of 1,000: stage, where it begins and how wide it is."""
        parts, begins = [], 0
        for stage in self.stages:
            ends = begins + stage.count
            x, end = (round(1000 * n / self.participants) for n in (begins, ends))
            parts.append((stage.stage, x, end - x))
            begins = ends
        return parts

    @property
    def tasks(self) -> list[tuple[str, list[TrialCount]]]:
        """Trials that are no checks, by task."""
        of_task: dict[str, list[TrialCount]] = {}
        for trial in self.trials:
            if not trial.check:
                of_task.setdefault(trial.task, []).append(trial)
        return list(of_task.items())

    @property
    def answers(self) -> int:
        """Answers to trials that are no checks, of participants who are not excluded."""
        return sum(trial.answers for trial in self.trials if not trial.check)

    @property
    def planned(self) -> int:
        """Answers planned, checks not counted."""
        return sum(trial.planned for trial in self.trials if not trial.check)

    @property
    def within_plan(self) -> int:
        """Answers that fill the plan: of no trial more than planned."""
        return sum(min(trial.answers, trial.planned) for trial in self.trials if not trial.check)

    @property
    def days_left(self) -> float | None:
        """Days until the plan is filled at the pace so far; None where there is no pace yet or nothing is left."""
        left = self.planned - self.within_plan
        if self.first is None or self.last is None or left <= 0:
            return None
        days = (timezone.now() - self.first) / timedelta(days=1)
        return left * days / self.within_plan if self.within_plan and days >= MIN_DAYS_OF_PACE else None


def collected(version: StudyVersion, population: Population) -> Collected:
    """Return how far one population has come, in three queries."""
    people = participants_of(version.pk, population)
    at = Counter(dict(people.order_by().values_list("stage").annotate(n=Count("pk"))))
    stages = tuple(StageCount(stage.value, str(stage.label), at[stage]) for stage in Stage if at[stage])
    answers = Assignment.objects.filter(
        participant__version=version, participant__kind__in=KINDS[population], state=AssignmentState.ANSWERED
    ).exclude(participant__stage=Stage.WITHDRAWN)
    times = answers.aggregate(
        first=Min("response__answered_at"),
        last=Max("response__answered_at"),
        excluded=Count("participant", filter=Q(participant__excluded=True), distinct=True),
    )
    of_trial = dict(answers.order_by().filter(participant__excluded=False).values_list("trial").annotate(n=Count("pk")))
    trials = Trial.objects.filter(version=version).order_by("position", "pk")
    names = ("pk", "key", "task__name", "stratum", "check_kind", "planned")
    # Nothing is planned for simulated listeners; there the trial with the most answers is the full one.
    most = None if population == Population.PEOPLE else max(of_trial.values(), default=1)
    counts = tuple(
        TrialCount(key, task, stratum, check, of_trial.get(pk, 0), planned, most or planned)
        for pk, key, task, stratum, check, planned in trials.values_list(*names)
    )
    return Collected(stages, times["excluded"], counts, times["first"], times["last"])
