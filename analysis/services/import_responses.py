"""Answers from a file into the database: whole or not at all, and only once however often it is read.

Participants become `imported` ones and keep their keys; those of an export of simulated listeners stay simulated.
Answers count towards a trial's planned ratings while it has room; more are kept all the same.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from analysis.enums import Population
from analysis.imports.responses import Page, Person, ReadResponses, read_responses
from analysis.queries.plan import plan_of
from analysis.queries.stored import Stored, StoredAnswer, stored_answers
from analysis.queries.versions import version_of
from annotations.enums import AssignmentState, ParticipantKind, Stage
from annotations.models import Assignment, Judgement, Participant, Response, StudyVersion, Trial
from annotations.services.answers import answers_digest
from corpus.errors import Fault, ImportFaultsError

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: new participants and answers, answers that were there already, rows without a value."""

    participants: int
    answers: int
    known: int
    without_value: int


def import_responses(*, study_slug: str, path: Path, version_number: int | None = None) -> Imported:
    """Store the answers of a responses.csv; raise `ImportFaultsError` naming every fault, with nothing stored."""
    version = version_of(study_slug, version_number)
    read = read_responses(path, plan_of(version))
    with transaction.atomic():
        StudyVersion.objects.select_for_update().get(pk=version.pk)
        stored = stored_answers(version, read.people)
        faults = read.faults + _clashes(read, stored, version)
        if faults:
            raise ImportFaultsError(sorted(faults, key=lambda fault: fault.line))
        return _store(version, read, stored, origin=_origin(path))


def _origin(path: Path) -> dict[str, str]:
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _clashes(read: ReadResponses, stored: Stored, version: StudyVersion) -> list[Fault]:
    """Return what the file says otherwise than the database."""
    faults = []
    for person in read.people.values():
        elsewhere = stored.elsewhere.get(person.key)
        if elsewhere:
            what = f"participant {person.key} is already there, in {elsewhere}"
            faults.append(Fault(read.name, person.line, "participant", what, "Give another key."))
            continue
        for page in person.pages.values():
            faults += _clash(read.name, person, page, stored)
    return faults


def _clash(name: str, person: Person, page: Page, stored: Stored) -> list[Fault]:
    known = stored.participants.get(person.key)
    answer = stored.answers.get((person.key, page.trial.pk))
    if answer is not None and not _agrees(page, answer):
        what = f"the database holds another answer of {person.key} to {page.trial.key}"
        return [Fault(name, page.line, "value", what, "Remove these rows, or give the answer another participant.")]
    # Only who came from a file can get further answers from one.
    if answer is None and known is not None and (known.kind != _kind(person) or "file" not in known.origin):
        what = f"participant {person.key} took part here and gave no answer to {page.trial.key}"
        return [Fault(name, page.line, "participant", what, "Import other answers under keys of their own.")]
    return []


def _agrees(page: Page, answer: StoredAnswer) -> bool:
    """Tell whether a file says the same as is stored: every judgement, and what it tells of the page.

    Free text that a file leaves out, as every export does, is not denied by it.
    """
    said = {key: (given.value, given.chosen_slot, given.text) for key, given in page.judgements.items()}
    held = {key: what for key, what in answer.judgements.items() if key in said or not what[-1]}
    same_order = not page.facts.presented or list(page.facts.presented) == answer.presented
    return said == held and same_order and page.facts.rt_ms in (None, answer.rt_ms)


def _kind(person: Person) -> ParticipantKind:
    simulated = person.facts.population == Population.SIMULATED
    return ParticipantKind.SIMULATED if simulated else ParticipantKind.IMPORTED


def _store(version: StudyVersion, read: ReadResponses, stored: Stored, *, origin: dict[str, str]) -> Imported:
    newcomers = [person for person in read.people.values() if person.key not in stored.participants]
    made = Participant.objects.bulk_create((_participant(version, p, origin) for p in newcomers), batch_size=BATCH)
    participants = stored.participants | {participant.key: participant for participant in made}
    new = [
        (participants[person.key], page)
        for person in read.people.values()
        for page in person.pages.values()
        if (person.key, page.trial.pk) not in stored.answers
    ]
    counted = _take_rooms([(participant, page.trial.pk) for participant, page in new])
    pages = _assignments(new, counted, stored)
    responses = Response.objects.bulk_create(
        (_response(page, assignment) for (_, page), assignment in zip(new, pages, strict=True)), batch_size=BATCH
    )
    Judgement.objects.bulk_create(_judgements([page for _, page in new], responses), batch_size=BATCH)
    known = sum(len(person.pages) for person in read.people.values()) - len(new)
    return Imported(len(made), len(new), known, read.n_without_value)


def _participant(version: StudyVersion, person: Person, origin: dict[str, str]) -> Participant:
    moments = [page.facts.answered_at for page in person.pages.values() if page.facts.answered_at]
    now = timezone.now()
    return Participant(
        version=version,
        key=person.key,
        kind=_kind(person),
        stage=Stage.DONE,
        seed=int(hashlib.sha256(person.key.encode()).hexdigest()[:15], 16),
        arrived_at=min(moments, default=now),
        finished_at=max(moments, default=now),
        excluded=not person.facts.included,
        exclusion=person.facts.exclusion,
        origin=origin,
    )


def _take_rooms(wanted: Sequence[tuple[Participant, int]]) -> list[bool]:
    """Say which answers count towards their trials' planned ratings, and count them there."""
    trials = Trial.objects.select_for_update().filter(pk__in={trial for _, trial in wanted}).order_by("pk")
    room = {trial.pk: trial.planned - trial.taken for trial in trials}
    counts = []
    for participant, trial_pk in wanted:
        may_count = participant.kind == ParticipantKind.IMPORTED and not participant.excluded
        counts.append(may_count and room[trial_pk] > 0)
        room[trial_pk] -= counts[-1]
    taken = Counter(trial for (_, trial), counted in zip(wanted, counts, strict=True) if counted)
    for trial_pk, count in sorted(taken.items()):
        Trial.objects.filter(pk=trial_pk).update(taken=F("taken") + count)
    return counts


def _assignments(new: Sequence[tuple[Participant, Page]], counted: Sequence[bool], stored: Stored) -> list[Assignment]:
    """Make the pages, numbered on in the order of the file."""
    at = Counter(stored.pages)
    rows, now = [], timezone.now()
    for (participant, page), counts in zip(new, counted, strict=True):
        moment = page.facts.answered_at or now
        rows.append(
            Assignment(
                participant=participant,
                trial_id=page.trial.pk,
                position=at[participant.key],
                presented=list(page.facts.presented),
                state=AssignmentState.ANSWERED,
                counts=counts,
                chosen_by=page.facts.chosen_by,
                reserved_at=moment,
                expires_at=moment,
            )
        )
        at[participant.key] += 1
    return Assignment.objects.bulk_create(rows, batch_size=BATCH)


def _response(page: Page, assignment: Assignment) -> Response:
    facts = page.facts
    unknown = [name for name in ("plays", "answered_at") if getattr(facts, name) is None]
    telemetry: dict[str, Any] = {"imported": True}
    telemetry |= {"unknown": unknown} if unknown else {}
    telemetry |= {"columns": page.further} if page.further else {}
    return Response(
        assignment=assignment,
        idempotency_key=uuid5(NAMESPACE_OID, assignment.key),
        body_digest=answers_digest(_answers(page)),
        rt_ms=facts.rt_ms,
        plays=list(facts.plays or ()),
        telemetry=telemetry,
        answered_at=facts.answered_at or assignment.reserved_at,
    )


def _answers(page: Page) -> dict[str, Any]:
    """Return the answers as a browser would have sent them, by question."""
    answers: dict[str, Any] = {}
    for (question, slot), given in page.judgements.items():
        said = given.text or (given.value if given.chosen_slot is None else given.chosen_slot)
        if slot is None:
            answers[str(question)] = said
        else:
            answers.setdefault(str(question), [None] * len(page.trial.clips))[slot] = said
    return answers


def _judgements(pages: Iterable[Page], responses: Sequence[Response]) -> list[Judgement]:
    return [
        Judgement(
            response=response,
            question_id=question,
            slot=slot,
            value=given.value,
            chosen_slot=given.chosen_slot,
            text=given.text,
        )
        for page, response in zip(pages, responses, strict=True)
        for (question, slot), given in page.judgements.items()
    ]
