"""Taking an answer: checked, stored once, in one commit before anybody is told that it is saved."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from annotations.design.plausibility import is_implausible
from annotations.enums import AssignmentState, Stage
from annotations.errors import (
    AnsweredAlreadyError,
    AnswerInvalidError,
    KeyReusedError,
    NotHeardError,
    UnknownAssignmentError,
    WrongStageError,
)
from annotations.models import Assignment, Judgement, Participant, Question, Response
from annotations.queries.pages import PagesGiven, StoredAnswer, pages_with
from annotations.queries.participants import locked_again
from annotations.queries.prepared import Insert, Parameter, Rows, Update
from annotations.queries.studies import check_open
from annotations.queries.trial_page import durations_of, questions_of
from annotations.questions import get_kind
from annotations.questions.base import Given
from annotations.services.allocation import take_late_room
from annotations.services.allocation.room import is_rating
from annotations.signals import response_recorded


@dataclass(frozen=True, slots=True)
class Answer:
    """The answers to one page: by question name, as `QuestionKind.read_answer` takes them, and how they came about.

    `plays` are completed plays per slot, `context_plays` those of the context (None where nobody measured, as with
    simulated listeners), `rt_ms` milliseconds from the moment every sound could be played.
    """

    assignment_key: str
    idempotency_key: UUID
    answers: Mapping[str, Any]
    rt_ms: float | None
    plays: Sequence[int]
    context_plays: int | None = None
    telemetry: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stored answer; `replayed` if it had been stored before and nothing was stored now.

    `given`: what the participant was given so far, with this answer; `came_late`: its rating was counted only now.
    """

    response: Response
    given: PagesGiven
    replayed: bool = False
    came_late: bool = False


def record_response(*, participant: Participant, **answer: Any) -> Recorded:
    """Store the answers to one page, given as the fields of `Answer`.

    Sent again with the same key and the same answers, nothing is stored and the stored answer is returned. An
    answer that comes after its reservation was given to someone else is stored all the same; it counts as a
    rating if its trial still has room (`Assignment.counts`); one of a block does not, before the block is gone on with.

    Raises `UnknownAssignmentError` for a page that is not this participant's, `AnsweredAlreadyError` and
    `KeyReusedError` for a second, other answer, `WrongStageError`, `StudyNotOpenError`, `NotHeardError`,
    `AnswerInvalidError`. Nothing is stored then.
    """
    sent = Answer(**answer)
    with storing(sent):
        return take_answer(person=locked_again(participant), answer=sent)


@contextmanager
def storing(answer: Answer) -> Iterator[None]:
    """Make the transaction in which an answer is stored; raise `KeyReusedError` if another page has its key."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        # The participant's row is locked, so what can still clash is the key, used for another page.
        if Response.objects.filter(idempotency_key=answer.idempotency_key).exists():
            raise KeyReusedError from error
        raise


def take_answer(*, person: Participant, answer: Answer) -> Recorded:
    """Store an answer of a person whose row is locked, within `storing`. See `record_response`."""
    given, page, stored = pages_with(person, answer.assignment_key)
    if page is None:
        raise UnknownAssignmentError
    digest = answers_digest(answer.answers)
    if stored is not None:
        return _repeat(stored, given, answer, digest)
    _check_may_answer(page)
    judgements = _judgements(page, answer.answers)
    _check_heard(page, answer)
    telemetry = dict(answer.telemetry or {}) | {"context_plays": answer.context_plays}
    response = Response(
        assignment=page,
        idempotency_key=answer.idempotency_key,
        body_digest=digest,
        rt_ms=answer.rt_ms,
        plays=list(answer.plays),
        telemetry=telemetry | _doubts(page, answer),
    )
    came_late = _mark_answered(page)
    _store(page, response, judgements)
    return Recorded(response, given.with_answer(page.position), came_late=came_late)


def answers_digest(answers: Mapping[str, Any]) -> str:
    """Return the SHA-256 of answers, the same however their keys are ordered."""
    text = json.dumps(answers, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # JSON may hold half a character: no text that can be stored, but for the question to refuse.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _repeat(stored: StoredAnswer, given: PagesGiven, answer: Answer, digest: str) -> Recorded:
    if stored.idempotency_key != answer.idempotency_key:
        raise AnsweredAlreadyError
    if stored.body_digest != digest:
        raise KeyReusedError
    # Again in full: what is said of it needs its page and judgements.
    response = Response.objects.select_related("assignment__participant__version", "assignment__trial__task")
    return Recorded(response.get(pk=stored.response), given, replayed=True)


def _check_may_answer(page: Assignment) -> None:
    person = page.participant
    # Someone who is done, or whose time is over, may still deliver a page that was late on its way.
    if person.stage not in (Stage.WORKING, Stage.DONE, Stage.TIMED_OUT):
        raise WrongStageError(person.stage)
    check_open(person.version.study, person.kind)


def _check_heard(page: Assignment, answer: Answer) -> None:
    n_clips = len(page.presented)
    if len(answer.plays) != n_clips:
        raise AnswerInvalidError({"plays": f"{len(answer.plays)} counts of plays for {n_clips} clips"})
    missing = [slot for slot, count in enumerate(answer.plays) if count < 1]
    context = page.trial.context_id is not None and "context_audio" in page.trial.task.show
    context_missing = context and answer.context_plays is not None and answer.context_plays < 1
    if missing or context_missing:
        raise NotHeardError(missing, context=context_missing)


def _doubts(page: Assignment, answer: Answer) -> dict[str, bool]:
    """Return the mark of an answer that came sooner than what was heard takes; empty where nobody measured."""
    if answer.rt_ms is None or answer.context_plays is None:
        return {}
    clips, context = durations_of(page)
    sounds = [*zip(answer.plays, clips, strict=True), (answer.context_plays, context or 0.0)]
    return {"implausible": True} if is_implausible(answer.rt_ms, sounds) else {}


def _judgements(page: Assignment, answers: Mapping[str, Any]) -> list[Judgement]:
    """Return the judgements in all answers, not yet stored; raise one error that names every fault."""
    questions = questions_of(page)
    faults = dict.fromkeys(answers, "there is no such question")
    judgements: list[Judgement] = []
    for question in questions:
        faults.pop(question.name, None)
        if question.name not in answers:
            faults[question.name] = "there is no answer"
            continue
        try:
            given = _read(question, answers[question.name], n_clips=len(page.presented))
        except ValueError as error:
            faults[question.name] = str(error)
        else:
            judgements += [_judgement(question, one) for one in given]
    if faults:
        raise AnswerInvalidError(faults)
    return judgements


def _read(question: Question, raw: object, *, n_clips: int) -> list[Given]:
    kind = get_kind(question.kind)
    return kind.read_answer(raw, settings=question.settings, per_clip=question.per_clip, n_clips=n_clips)


def _judgement(question: Question, given: Given) -> Judgement:
    return Judgement(
        question=question, slot=given.slot, value=given.value, chosen_slot=given.chosen_slot, text=given.text
    )


def _mark_answered(page: Assignment) -> bool:
    """Let a page be answered; tell whether its rating had to be counted first, since it no longer was.

    Nearly always it is as it was read a moment ago. What came between, or whatever needs room, is looked at with the
    page's row locked.
    """
    seen = {"page": page.pk, "state": page.state, "seen": page.counts}
    if not _may_get_room(page) and _answered_as_seen(**seen):
        return False
    page.state, page.counts = _locked_page(page=page.pk)[0]
    came_late = _may_get_room(page) and take_late_room(page)
    page.counts = page.counts or came_late
    _answered(page=page.pk, counts=page.counts)
    return came_late


def _may_get_room(page: Assignment) -> bool:
    """Tell whether it came late, or its participant was excluded when it was given, and no longer is."""
    return not page.counts and is_rating(page)


def _store(page: Assignment, response: Response, judgements: list[Judgement]) -> None:
    _insert_response(response)
    for judgement in judgements:
        judgement.response = response
    _insert_judgements(*judgements)
    page.state = AssignmentState.ANSWERED
    person = page.participant
    transaction.on_commit(
        lambda: response_recorded.send(Response, version_pk=person.version_id, kind=person.kind, page=page.position),
        robust=True,
    )


_insert_response = Insert(Response)
_insert_judgements = Insert(Judgement)
_answered_as_seen = Update(
    lambda: Assignment.objects.filter(
        pk=Parameter("page"), state=Parameter("state"), counts=Parameter("seen")
    ).order_by(),
    state=AssignmentState.ANSWERED,
)
_answered = Update(
    lambda: Assignment.objects.filter(pk=Parameter("page")).order_by(),
    state=AssignmentState.ANSWERED,
    counts=Parameter("counts"),
)
_locked_page = Rows(
    lambda: (
        Assignment.objects.filter(pk=Parameter("page"))
        .select_for_update(of=("self",), no_key=True)
        .order_by()
        .values_list("state", "counts")
    )
)
