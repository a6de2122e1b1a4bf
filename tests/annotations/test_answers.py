"""Taking answers: checked, stored once, never lost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from annotations.enums import AssignmentState, ParticipantKind, StudyState
from annotations.errors import (
    AnsweredAlreadyError,
    AnswerInvalidError,
    KeyReusedError,
    NotHeardError,
    StudyNotOpenError,
    UnknownAssignmentError,
)
from annotations.models import Assignment, Judgement, Participant, Response, Study, StudyVersion, Trial
from annotations.services.allocation import next_assignment, release_expired
from annotations.services.answers import answers_digest
from annotations.services.participation import finish
from annotations.signals import response_recorded
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import ANSWERS, answer, answer_all, worker

pytestmark = pytest.mark.data_layer


@pytest.fixture
def person(version: StudyVersion) -> Participant:
    return worker(version)


@pytest.fixture
def page(person: Participant) -> Assignment:
    page = next_assignment(participant=person)
    assert page is not None
    return page


def test_an_answer_is_stored_by_slot(person: Participant, page: Assignment) -> None:
    recorded = answer(person, page, telemetry={"hidden_count": 2})
    assert not recorded.replayed
    stored = Response.objects.get()
    assert (stored.rt_ms, stored.plays) == (2500.0, [1, 2, 1])
    assert stored.telemetry == {"hidden_count": 2, "context_plays": 1}
    ratings = Judgement.objects.filter(question__name="suitability").values_list("slot", "value", "chosen_slot")
    assert list(ratings) == [(0, 3.0, None), (1, 1.0, None), (2, 5.0, None)]
    pair = Judgement.objects.get(question__name="similar")
    assert (pair.slot, pair.value, pair.chosen_slot) == (None, None, 2)
    page.refresh_from_db()
    assert (page.state, page.counts) == (AssignmentState.ANSWERED, True)


def test_the_same_answer_sent_again_is_stored_once(person: Participant, page: Assignment) -> None:
    key = uuid4()
    first = answer(person, page, idempotency_key=key)
    again = answer(person, page, idempotency_key=key, rt_ms=9000.0)
    assert again.replayed
    assert again.response == first.response
    assert Response.objects.count() == 1
    assert Judgement.objects.count() == 4


def test_the_order_of_questions_in_the_answer_does_not_matter() -> None:
    assert answers_digest(ANSWERS) == answers_digest(dict(reversed(ANSWERS.items())))
    assert answers_digest(ANSWERS) != answers_digest(ANSWERS | {"similar": 1})


def test_the_same_key_with_another_answer_is_refused(person: Participant, page: Assignment) -> None:
    key = uuid4()
    answer(person, page, idempotency_key=key)
    with pytest.raises(KeyReusedError):
        answer(person, page, idempotency_key=key, answers=ANSWERS | {"similar": 0})
    assert Judgement.objects.get(question__name="similar").chosen_slot == 2


def test_the_same_key_for_another_page_is_refused(person: Participant, page: Assignment) -> None:
    key = uuid4()
    answer(person, page, idempotency_key=key)
    following = next_assignment(participant=person)
    assert following is not None
    with pytest.raises(KeyReusedError):
        answer(person, following, idempotency_key=key)
    following.refresh_from_db()
    assert following.state == AssignmentState.RESERVED
    assert Response.objects.count() == 1


def test_a_second_answer_to_a_page_is_refused(person: Participant, page: Assignment) -> None:
    answer(person, page)
    with pytest.raises(AnsweredAlreadyError):
        answer(person, page)
    assert Response.objects.count() == 1


def test_anothers_page_is_refused(version: StudyVersion, page: Assignment) -> None:
    with pytest.raises(UnknownAssignmentError):
        answer(worker(version), page)
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({}, {"suitability", "similar"}),
        ({"suitability": [3, 3, 3]}, {"similar"}),
        (ANSWERS | {"similar": 3}, {"similar"}),
        (ANSWERS | {"similar": "2"}, {"similar"}),
        (ANSWERS | {"suitability": [3, 3]}, {"suitability"}),
        (ANSWERS | {"suitability": [3, 0, 6]}, {"suitability"}),
        (ANSWERS | {"suitability": [3, None, 4]}, {"suitability"}),
        (ANSWERS | {"other": 1}, {"other"}),
    ],
)
def test_answers_that_are_missing_or_out_of_range_are_named(
    person: Participant, page: Assignment, answers: dict[str, object], wrong: set[str]
) -> None:
    with pytest.raises(AnswerInvalidError) as caught:
        answer(person, page, answers=answers)
    assert set(caught.value.faults) == wrong
    assert Response.objects.count() == 0
    answer(person, page)


def test_every_sound_must_have_been_heard(person: Participant, page: Assignment) -> None:
    with pytest.raises(NotHeardError) as caught:
        answer(person, page, plays=[1, 0, 0])
    assert (caught.value.slots, caught.value.context) == ([1, 2], False)
    with pytest.raises(NotHeardError) as caught:
        answer(person, page, context_plays=0)
    assert (caught.value.slots, caught.value.context) == ([], True)
    with pytest.raises(AnswerInvalidError, match="plays"):
        answer(person, page, plays=[1, 1])
    assert Response.objects.count() == 0


def test_a_late_answer_counts_while_its_trial_has_room(version: StudyVersion, person: Participant) -> None:
    page = late_page(person)
    assert Trial.objects.get(pk=page.trial_id).taken == 0
    answer(person, page)
    page.refresh_from_db()
    assert (page.state, page.counts) == (AssignmentState.ANSWERED, True)
    assert Trial.objects.get(pk=page.trial_id).taken == 1


def test_a_late_answer_without_room_is_kept_and_does_not_count(make_study: MakeStudy) -> None:
    version = make_study(n_trials=1, planned=1)
    person = worker(version)
    page = late_page(person)
    assert answer_all(worker(version)) == 1
    answer(person, page)
    page.refresh_from_db()
    assert (page.state, page.counts) == (AssignmentState.ANSWERED, False)
    assert Response.objects.count() == 2
    assert Trial.objects.get().taken == 1


def test_an_answer_after_its_time_that_nobody_else_took_counts(person: Participant, page: Assignment) -> None:
    Assignment.objects.update(expires_at=timezone.now() - timedelta(minutes=5))
    answer(person, page)
    page.refresh_from_db()
    assert page.counts
    assert Trial.objects.get(pk=page.trial_id).taken == 1


def test_a_late_answer_of_someone_who_is_done_is_kept(make_study: MakeStudy) -> None:
    version = make_study(n_trials=2, planned=1)
    person = worker(version)
    page = late_page(person)
    answer_all(worker(version))
    finish(participant=person)
    answer(person, page)
    assert person.assignments.filter(state=AssignmentState.ANSWERED).count() == 1


def test_a_closed_study_takes_no_answer_but_acknowledges_what_it_has(person: Participant, page: Assignment) -> None:
    key = uuid4()
    answer(person, page, idempotency_key=key)
    following = next_assignment(participant=person)
    assert following is not None
    Study.objects.update(state=StudyState.CLOSED)
    assert answer(person, page, idempotency_key=key).replayed
    with pytest.raises(StudyNotOpenError):
        answer(person, following)
    assert Response.objects.count() == 1


def test_others_are_told_once_after_the_commit(
    person: Participant, page: Assignment, django_capture_on_commit_callbacks: object
) -> None:
    heard: list[tuple[int, str]] = []

    def listen(sender: object, *, version_pk: int, kind: str, **_: object) -> None:
        heard.append((version_pk, kind))

    response_recorded.connect(listen)
    try:
        key = uuid4()
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            answer(person, page, idempotency_key=key)
            assert heard == []
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            answer(person, page, idempotency_key=key)
    finally:
        response_recorded.disconnect(listen)
    assert heard == [(person.version_id, ParticipantKind.PERSON)]


def late_page(person: Participant) -> Assignment:
    """A page whose time has passed and whose trial was given back."""
    page = next_assignment(participant=person)
    assert page is not None
    Assignment.objects.filter(pk=page.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert release_expired(version=person.version) == 1
    page.refresh_from_db()
    return page
