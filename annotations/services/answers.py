"""Taking an answer: checked, stored once, in one commit before anybody is told that it is saved."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

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
from annotations.queries.prepared import Insert, Objects, Parameter, Update
from annotations.queries.studies import check_open
from annotations.queries.trial_page import durations_of, questions_of
from annotations.questions import get_kind
from annotations.questions.base import Given
from annotations.services.allocation import take_late_room
from annotations.signals import response_recorded


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stored answer; `replayed` if it had been stored before and nothing was stored now."""

    response: Response
    replayed: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard before an answer: completed plays per slot, and of the context (None: not measured)."""

    plays: Sequence[int]
    context_plays: int | None


def record_response(
    *,
    participant: Participant,
    assignment_key: str,
    idempotency_key: UUID,
    answers: Mapping[str, Any],
    rt_ms: float | None,
    plays: Sequence[int],
    context_plays: int | None = None,
    telemetry: Mapping[str, Any] | None = None,
) -> Recorded:
    """Store the answers to one page: by question name, as `QuestionKind.read_answer` takes them.

    `plays` are completed plays per slot, `context_plays` those of the context (None where nobody measured, as
    with simulated listeners), `rt_ms` milliseconds from the moment every sound could be played.

    Sent again with the same key and the same answers, nothing is stored and the stored answer is returned. An
    answer that comes after its reservation was given to someone else is stored all the same; it counts as a
    rating if its trial still has room (`Assignment.counts`); one of a block does not, before the block is gone on with.

    Raises `UnknownAssignmentError` for a page that is not this participant's, `AnsweredAlreadyError` and
    `KeyReusedError` for a second, other answer, `WrongStageError`, `StudyNotOpenError`, `NotHeardError`,
    `AnswerInvalidError`. Nothing is stored then.
    """
    digest = answers_digest(answers)
    try:
        with transaction.atomic():
            page = _locked_page(participant, assignment_key)
            stored = _stored(page)
            if stored is not None:
                return _repeat(stored, idempotency_key, digest)
            _check_may_answer(page)
            judgements = _judgements(page, answers)
            heard = Heard(plays, context_plays)
            _check_heard(page, heard)
            response = Response(
                assignment=page,
                idempotency_key=idempotency_key,
                body_digest=digest,
                rt_ms=rt_ms,
                plays=list(plays),
                telemetry=dict(telemetry or {}) | {"context_plays": context_plays} | _doubts(page, heard, rt_ms),
            )
            _store(page, response, judgements)
    except IntegrityError as error:
        # The page's row is locked, so what can still clash is the key, used for another page.
        if Response.objects.filter(idempotency_key=idempotency_key).exists():
            raise KeyReusedError from error
        raise
    return Recorded(response, replayed=False)


def answers_digest(answers: Mapping[str, Any]) -> str:
    """Return the SHA-256 of answers, the same however their keys are ordered."""
    text = json.dumps(answers, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # JSON may hold half a character: no text that can be stored, but for the question to refuse.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _locked_page(participant: Participant, assignment_key: str) -> Assignment:
    page = _page.first(participant=participant.pk, key=assignment_key)
    if page is None:
        raise UnknownAssignmentError
    page.participant.version = participant.version  # the same for ever, but for the study's state
    page.participant.version.study.state = page.study_state
    return page


def _stored(page: Assignment) -> Response | None:
    """Return the answer to a locked page.

    PostgreSQL reads the locked row anew after waiting for it, but not what was joined to it before: where the same
    answer was being stored in that moment, it is asked for once more.
    """
    stored: Response | None = getattr(page, "response", None)
    if stored is None and page.state == AssignmentState.ANSWERED:
        return Response.objects.get(assignment=page)
    return stored


def _repeat(stored: Response, idempotency_key: UUID, digest: str) -> Recorded:
    if stored.idempotency_key != idempotency_key:
        raise AnsweredAlreadyError
    if stored.body_digest != digest:
        raise KeyReusedError
    return Recorded(stored, replayed=True)


def _check_may_answer(page: Assignment) -> None:
    person = page.participant
    # Someone who is done, or whose time is over, may still deliver a page that was late on its way.
    if person.stage not in (Stage.WORKING, Stage.DONE, Stage.TIMED_OUT):
        raise WrongStageError(person.stage)
    check_open(person.version.study, person.kind)


def _check_heard(page: Assignment, heard: Heard) -> None:
    n_clips = len(page.presented)
    if len(heard.plays) != n_clips:
        raise AnswerInvalidError({"plays": f"{len(heard.plays)} counts of plays for {n_clips} clips"})
    missing = [slot for slot, count in enumerate(heard.plays) if count < 1]
    context = page.trial.context_id is not None and "context_audio" in page.trial.task.show
    context_missing = context and heard.context_plays is not None and heard.context_plays < 1
    if missing or context_missing:
        raise NotHeardError(missing, context=context_missing)


def _doubts(page: Assignment, heard: Heard, rt_ms: float | None) -> dict[str, bool]:
    """Return the mark of an answer that came sooner than what was heard takes; empty where nobody measured."""
    if rt_ms is None or heard.context_plays is None:
        return {}
    clips, context = durations_of(page)
    sounds = [*zip(heard.plays, clips, strict=True), (heard.context_plays, context or 0.0)]
    return {"implausible": True} if is_implausible(rt_ms, sounds) else {}


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


def _store(page: Assignment, response: Response, judgements: list[Judgement]) -> None:
    _insert_response(response)
    for judgement in judgements:
        judgement.response = response
    _insert_judgements(*judgements)
    # It came late, or its participant was excluded when it was given, and no longer is.
    if not page.counts:
        page.counts = take_late_room(page)
    page.state = AssignmentState.ANSWERED
    _answered(page=page.pk, counts=page.counts)
    person = page.participant
    transaction.on_commit(
        lambda: response_recorded.send(Response, version_pk=person.version_id, kind=person.kind, page=page.position),
        robust=True,
    )


_insert_response = Insert(Response)
_insert_judgements = Insert(Judgement)
_answered = Update(
    lambda: Assignment.objects.filter(pk=Parameter("page")).order_by(),
    state=AssignmentState.ANSWERED,
    counts=Parameter("counts"),
)
_page = Objects(
    lambda: (
        Assignment.objects.select_related("participant", "trial__task", "response")
        .annotate(study_state=F("participant__version__study__state"))
        .select_for_update(of=("self",), no_key=True)
        .filter(participant_id=Parameter("participant"), key=Parameter("key"))
        .order_by()[:1]
    )
)
