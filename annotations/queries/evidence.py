"""What the rules of `exclude:` look at, of everybody who is not at work just now."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotations.design.answer_keys import Answers, wrong_answers
from annotations.design.exclusion_rules import Evidence, on_screen
from annotations.enums import AssignmentState, Check, Stage
from annotations.models import Assignment, Judgement, Participant, Question, StudyVersion, TrialClip
from annotations.questions import get_kind
from annotations.questions.base import Given
from annotations.study_file.schema import definition_of


def people_at_rest(version: StudyVersion, kinds: Collection[str], now: datetime) -> QuerySet[Participant]:
    """Return the participants of some kinds who have answered or are excluded, and are not at work.

    Someone is at work who has begun and not finished, and holds a trial or gave an answer within the time that a
    trial is held.
    """
    since = now - timedelta(minutes=definition_of(version).allocation.reservation_minutes)
    pages = Assignment.objects.filter(participant=OuterRef("pk"))
    held = Exists(pages.filter(state=AssignmentState.RESERVED, expires_at__gt=now))
    just_answered = Exists(pages.filter(response__answered_at__gt=since))
    people = Participant.objects.filter(version=version, kind__in=kinds).exclude(stage=Stage.WITHDRAWN)
    concerned = people.filter(Q(excluded=True) | Exists(pages.filter(state=AssignmentState.ANSWERED)))
    return concerned.exclude(Q(stage=Stage.WORKING) & (Q(held) | Q(just_answered))).order_by("pk")


def evidence_of(version: StudyVersion, people: QuerySet[Participant]) -> dict[int, Evidence]:
    """Return, for each of these participants of a version who has answered, what the rules look at."""
    questions = {one.pk: one for one in Question.objects.filter(task__version=version).select_related("task")}
    keys = _attention_keys(version)
    seen: defaultdict[int, _Seen] = defaultdict(_Seen)
    for page in _pages(people):
        given = {questions[pk]: answer for pk, answer in page.given.items()}
        if page.trial in keys:
            seen[page.participant].attention(keys[page.trial], given)
        elif page.check == Check.NONE:
            seen[page.participant].ordinary(page, given)
    return {
        pk: Evidence(one.attention_given, one.attention_failed, one.rt_ms, one.answers, one.answered, one.implausible)
        for pk, one in seen.items()
    }


def key_of(questions: Iterable[Question], answers: Mapping[str, Any], *, n_clips: int) -> Answers:
    """Return the key of a check as the judgements that right answers would be stored as."""
    return {
        question.name: get_kind(question.kind).read_answer(
            answers[question.name], settings=question.settings, per_clip=question.per_clip, n_clips=n_clips
        )
        for question in questions
        if question.name in answers
    }


@dataclass(frozen=True, slots=True)
class _Page:
    """One answered page; `given` by question."""

    participant: int
    trial: int
    check: str
    presented: list[int]
    rt_ms: float | None
    implausible: bool
    given: dict[int, list[Given]]


@dataclass(slots=True)
class _Seen:
    """What was seen of one participant so far."""

    attention_given: int = 0
    attention_failed: int = 0
    rt_ms: list[float] = field(default_factory=list)
    answers: dict[str, list[Hashable]] = field(default_factory=dict)
    answered: int = 0
    implausible: int = 0

    def attention(self, key: Answers, given: Mapping[Question, list[Given]]) -> None:
        self.attention_given += 1
        self.attention_failed += bool(wrong_answers(key, {one.name: answer for one, answer in given.items()}))

    def ordinary(self, page: _Page, given: Mapping[Question, list[Given]]) -> None:
        self.answered += 1
        self.implausible += page.implausible
        if page.rt_ms is not None:
            self.rt_ms.append(page.rt_ms)
        for question, answer in given.items():
            shown = on_screen(answer, page.presented)
            if shown is not None:
                self.answers.setdefault(str(question), []).append(shown)


_PAGE = (
    "response_id",
    "response__assignment__participant_id",
    "response__assignment__trial_id",
    "response__assignment__trial__check_kind",
    "response__assignment__presented",
    "response__rt_ms",
    "response__telemetry__implausible",
)
_GIVEN = ("question_id", "slot", "value", "chosen_slot", "text")


def _pages(people: QuerySet[Participant]) -> Iterator[_Page]:
    """Yield every answered page; one statement reads all of them, so that they belong to one moment."""
    judgements = Judgement.objects.filter(response__assignment__participant__in=people.order_by())
    rows = judgements.order_by("response_id", "pk").values_list(*_PAGE, *_GIVEN)
    for _, page in groupby(rows, key=itemgetter(0)):
        judged = list(page)
        given: dict[int, list[Given]] = {}
        for row in judged:
            question, *one = row[len(_PAGE) :]
            given.setdefault(question, []).append(Given(*one))
        participant, trial, check, presented, rt_ms, implausible = judged[0][1 : len(_PAGE)]
        yield _Page(participant, trial, check, presented, rt_ms, bool(implausible), given)


def _attention_keys(version: StudyVersion) -> dict[int, Answers]:
    """Return the key of every attention trial that has one."""
    clips = TrialClip.objects.filter(trial__version=version, trial__check_kind=Check.ATTENTION)
    n_clips = Counter(clips.order_by().values_list("trial_id", flat=True))
    trials = version.trials.filter(check_kind=Check.ATTENTION, answers__isnull=False)
    return {
        trial.pk: key_of(trial.task.questions.all(), trial.answers or {}, n_clips=n_clips[trial.pk])
        for trial in trials.select_related("task").prefetch_related("task__questions")
    }
