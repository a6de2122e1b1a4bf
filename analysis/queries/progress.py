"""How far a study and its embedding runs have come, in a number of queries that does not grow with either."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from analysis.enums import Population
from analysis.queries.freshness import participants_of
from analysis.queries.versions import KINDS
from annotations.enums import AssignmentState, Stage
from annotations.models import Assignment, Study, StudyVersion, Trial
from modeling.enums import RunState
from modeling.models import EmbeddingRun

# A run that nobody has taken up for so long waits for a worker that is not there.
PATIENCE = timedelta(seconds=20)
MIN_DAYS_OF_PACE = 0.05


@dataclass(frozen=True, slots=True)
class StageCount:
    """Participants at one stage now."""

    stage: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class TrialCount:
    """A trial and how many have answered it."""

    key: str
    task: str
    stratum: str
    check: str
    answers: int
    planned: int

    @property
    def level(self) -> int:
        """How full it is: 0 (empty) to 5 (as planned), 6 for more."""
        if self.answers > self.planned:
            return 6
        return -(-5 * self.answers // self.planned) if self.planned else 5


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
        """Answers to trials that are no checks."""
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


@dataclass(frozen=True, slots=True)
class RunLine:
    """An embedding run as the page shows it."""

    label: str
    encoder: str
    digest: str
    state: str
    state_label: str
    done: int
    total: int
    reason: str
    advice: str
    waits_for_worker: bool

    @property
    def unfinished(self) -> bool:
        """Whether a worker has still to do it."""
        return self.state in (RunState.QUEUED, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class StudyLine:
    """A study in the list."""

    slug: str
    state: str
    title: str
    version: int
    people: int
    simulated: int
    answers: int


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
    of_trial = dict(answers.order_by().values_list("trial").annotate(n=Count("pk")))
    trials = Trial.objects.filter(version=version).order_by("position", "pk")
    names = ("pk", "key", "task__name", "stratum", "check_kind", "planned")
    counts = tuple(
        TrialCount(key, task, stratum, check, of_trial.get(pk, 0), planned)
        for pk, key, task, stratum, check, planned in trials.values_list(*names)
    )
    return Collected(stages, times["excluded"], counts, times["first"], times["last"])


def runs_of(corpus_pk: int) -> list[RunLine]:
    """Return every embedding run of a corpus, in one query."""
    now = timezone.now()
    runs = EmbeddingRun.objects.filter(corpus=corpus_pk).order_by("encoder", "label", "-created_at")
    return [_line(run, now) for run in runs]


def _line(run: EmbeddingRun, now: datetime) -> RunLine:
    waits = run.state == RunState.QUEUED and now - run.created_at > PATIENCE
    abandoned = run.state == RunState.RUNNING and run.lease_until is not None and run.lease_until < now
    return RunLine(
        label=run.label,
        encoder=run.encoder,
        digest=run.digest,
        state=run.state,
        state_label=str(RunState(run.state).label),
        done=run.done,
        total=run.total,
        reason=run.reason,
        advice=run.advice,
        waits_for_worker=waits or abandoned,
    )


def studies() -> list[StudyLine]:
    """Return every study with what has come in, over all of its versions, in four queries."""
    versions = StudyVersion.objects.defer("source", "consent").order_by("study", "number")
    newest: dict[int, StudyVersion] = {}
    for version in versions:
        known = newest.get(version.study_id)
        if known is None or version.frozen_at or not known.frozen_at:
            newest[version.study_id] = version
    of_study = _participants_by_study()
    answers = Assignment.objects.filter(state=AssignmentState.ANSWERED, participant__kind__in=KINDS[Population.PEOPLE])
    n_answers = dict(answers.order_by().values_list("participant__version__study").annotate(n=Count("pk")))
    return [
        _study_line(study, newest.get(study.pk), of_study.get(study.pk, Counter()), n_answers.get(study.pk, 0))
        for study in Study.objects.order_by("slug")
    ]


def _study_line(study: Study, version: StudyVersion | None, kinds: Counter[Population], n_answers: int) -> StudyLine:
    return StudyLine(
        slug=study.slug,
        state=study.state,
        title=title_of(version) if version else study.slug,
        version=version.number if version else 0,
        people=kinds[Population.PEOPLE],
        simulated=kinds[Population.SIMULATED],
        answers=n_answers,
    )


def _participants_by_study() -> dict[int, Counter[Population]]:
    of_study: dict[int, Counter[Population]] = {}
    rows = StudyVersion.objects.order_by().values_list("study", "participants__kind").annotate(n=Count("participants"))
    for study, kind, n in rows:
        for population, kinds in KINDS.items():
            if kind in kinds:
                of_study.setdefault(study, Counter())[population] += n
    return of_study


def title_of(version: StudyVersion) -> str:
    """Return the study's title in English, else in its first language, else its slug."""
    titles: dict[str, str] = version.definition.get("title", {})
    return titles.get("en") or next(iter(titles.values()), version.study.slug)
