"""How many statements a listener's page takes, and that those which are built once say what they should."""

import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.enums import AssignmentState, Stage
from annotations.frozen import MOST_VERSIONS, remembered
from annotations.models import Assignment, Participant, Response, StudyVersion, Trial
from annotations.queries.durability import without_waiting_for_the_disk
from annotations.queries.prepared import Insert, Objects, Parameter, Rows, Update
from annotations.queries.trial_page import trial_of
from annotations.services.allocation import next_assignment
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import ANSWERS, answer_all, at_trial, worker

TRANSACTIONS = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")


def statements(do: Callable[[], Any]) -> list[str]:
    """What is asked of the database, but for the limits of transactions."""
    with CaptureQueriesContext(connection) as seen:
        assert do().status_code == 200
    return [query["sql"] for query in seen.captured_queries if not (query["sql"] or "").startswith(TRANSACTIONS)]


def sent() -> str:
    page = Assignment.objects.latest("pk")
    heard = {"plays": [1, 1, 1], "context_plays": 1, "rt_ms": 900}
    return json.dumps({"assignment": page.key, "idempotency_key": str(uuid4()), "answers": ANSWERS} | heard)


def post_with_page(client: Client, body: str) -> Callable[[], Any]:
    return lambda: client.post("/api/s/short/answers/", body, "application/json", headers={"x-with-page": "1"})


@pytest.mark.parametrize(("n_trials", "n_others"), [(9, 0), (60, 12)])
def test_a_submission_takes_as_many_statements_however_many_take_part(
    client: Client, make_study: MakeStudy, n_trials: int, n_others: int
) -> None:
    version = make_study(n_trials=n_trials, planned=50, trials_per_participant=9)
    StudyVersion.objects.update(frozen_at=timezone.now())
    for seed in range(n_others):
        answer_all(worker(version, seed=seed))
    at_trial(client, version)
    client.get("/s/short/trial/")
    client.post("/api/s/short/answers/", sent(), "application/json")  # what is remembered of a version is asked for
    client.get("/s/short/trial/")
    for _ in range(3):
        body = sent()
        answer = statements(lambda body=body: client.post("/api/s/short/answers/", body, "application/json"))
        page = statements(lambda: client.get("/s/short/trial/"))
        # Session, participant, pages given, page, answer, judgements.
        assert len(answer) == 6, answer
        # Session, participant; page that is held, expired ones; participant, pages given; a trial taken; page; pages
        # answered. Trial and clips only where they were not shown before.
        assert len(page) <= 11, "\n".join(each[:90] + " ... " + each[-120:] for each in page)
        # The page with the reply: a trial taken, page.
        both = statements(post_with_page(client, sent()))
        assert len(both) <= 8 + 2, both
    assert Response.objects.filter(assignment__participant=Participant.objects.latest("pk")).count() == 7


def test_a_submission_takes_eight_statements_where_its_trial_was_shown_before(
    client: Client, make_study: MakeStudy, django_assert_max_num_queries: Any
) -> None:
    version = make_study(n_trials=9, planned=50, trials_per_participant=9)
    StudyVersion.objects.update(frozen_at=timezone.now())
    version.refresh_from_db()
    for trial in version.trials.all():
        trial_of(version, trial.pk)
    someone_else, at_work = Client(), client
    for one in (someone_else, at_work):
        at_trial(one, version)
        one.get("/s/short/trial/")
        said = [statements(post_with_page(one, sent())) for _ in range(8)]
    # Session, participant, pages given, page, answer, judgements; a trial taken, page. Once a second, the look for
    # reservations that expired.
    assert min(len(each) for each in said) == 8, said[-1]
    assert max(len(each) for each in said[1:]) <= 9, said


def steps_of_sqlite(do: Callable[[], Any]) -> int:
    """How many instructions SQLite runs, in tens: what it reads and compares."""
    steps = itertools.count()
    connection.connection.set_progress_handler(lambda: next(steps) and 0, 10)
    try:
        assert do().status_code == 200
    finally:
        connection.connection.set_progress_handler(None, 0)
    return next(steps)


def test_a_submission_reads_as_much_however_many_have_answered(client: Client, make_study: MakeStudy) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL does not tell")
    version = make_study(n_trials=60, planned=400, trials_per_participant=9)
    StudyVersion.objects.update(frozen_at=timezone.now())
    at_trial(client, version)
    client.get("/s/short/trial/")
    for _ in range(3):
        before = steps_of_sqlite(post_with_page(client, sent()))
    page_before = steps_of_sqlite(lambda: client.get("/s/short/trial/"))
    mine = sent()
    for seed in range(60):
        answer_all(worker(version, seed=seed))
    after = steps_of_sqlite(post_with_page(client, mine))
    page_after = steps_of_sqlite(lambda: client.get("/s/short/trial/"))
    # Ratings of the one trial are read, for the order of its clips: nine of the 540 answers.
    assert after < 1.5 * before + 9 * 20, (before, after)
    assert page_after < 1.5 * page_before, (page_before, page_after)


def test_a_prepared_query_gives_what_the_query_gives(version: StudyVersion) -> None:
    people = [worker(version, seed=seed) for seed in range(3)]
    found = Objects(
        lambda: (
            Participant.objects.select_related("version__study")
            .annotate(slug=F("version__study__slug"))
            .filter(key=Parameter("key"), arrived_at__lte=Parameter("now"))
        )
    )
    for person in people:
        again = found.first(key=person.key, now=timezone.now())
        assert again is not None
        fields = [field.attname for field in Participant._meta.concrete_fields]
        assert [getattr(again, name) for name in fields] == [getattr(person, name) for name in fields]
        assert again.slug == "short"  # type: ignore[attr-defined]
        with CaptureQueriesContext(connection) as seen:
            assert again.version.definition == version.definition
            assert again.version.study == version.study
        assert not seen.captured_queries
    assert found(key=people[0].key, now=people[0].arrived_at - timedelta(days=1)) == []
    assert found.first(key="nobody", now=timezone.now()) is None


def test_prepared_changes_and_rows(version: StudyVersion) -> None:
    trial = version.trials.first()
    assert trial is not None
    raise_taken = Update(
        lambda: Trial.objects.filter(pk=Parameter("pk"), taken=Parameter("seen")), taken=F("taken") + 1
    )
    assert [raise_taken(pk=trial.pk, seen=0), raise_taken(pk=trial.pk, seen=0), raise_taken(pk=trial.pk, seen=1)] == [
        1,
        0,
        1,
    ]
    rows = Rows(lambda: Trial.objects.filter(version_id=Parameter("version"), taken=2).values_list("key", "attributes"))
    assert [tuple(row) for row in rows(version=version.pk)] == [(trial.key, {})]


def test_what_is_inserted_is_what_create_would_store(version: StudyVersion) -> None:
    person = worker(version)
    page = next_assignment(participant=person)
    assert page is not None
    response = Response(assignment=page, idempotency_key=uuid4(), body_digest="d", plays=[1], telemetry={"ä": None})
    Insert(Response)(response)
    stored = Response.objects.get(pk=response.pk)
    fields = [field.attname for field in Response._meta.concrete_fields]
    assert [getattr(stored, name) for name in fields] == [getattr(response, name) for name in fields]
    stored.rt_ms = 3.0
    response.save()  # the object is known as stored: this changes the row and makes no second one
    assert Response.objects.count() == 1


def test_only_frozen_versions_are_remembered(version: StudyVersion) -> None:
    asked: list[int] = []

    @remembered
    def ask(version: StudyVersion) -> int:
        asked.append(version.pk)
        return len(asked)

    assert [ask(version), ask(version)] == [1, 2]
    version.frozen_at = timezone.now()
    assert [ask(version), ask(version)] == [3, 3]
    version.digest = "another text"
    assert [ask(version), ask(version)] == [4, 4]
    for number in range(MOST_VERSIONS):
        ask(StudyVersion(pk=1000 + number, frozen_at=version.frozen_at))
    assert ask(version) == 5 + MOST_VERSIONS, "what was asked for long ago is forgotten"


@pytest.mark.django_db(transaction=True)
def test_only_reservations_do_not_wait_for_the_disk() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL commits together")

    def waits() -> bool:
        with connection.cursor() as cursor:
            return cursor.execute("PRAGMA synchronous").fetchone()[0] == 2

    assert waits()
    with without_waiting_for_the_disk():
        assert not waits()
        assert connection.in_atomic_block
    assert waits()
    with pytest.raises(ZeroDivisionError), without_waiting_for_the_disk():
        _ = 1 / 0
    assert waits(), "also after an error"


def test_a_page_that_expired_is_taken_back(version: StudyVersion) -> None:
    person = worker(version)
    page = next_assignment(participant=person)
    assert page is not None
    assert person.stage == Stage.WORKING
    Assignment.objects.update(state=AssignmentState.EXPIRED, counts=False)
    Trial.objects.update(taken=0)
    again = next_assignment(participant=person)
    assert again is not None
    assert again.pk == page.pk
    assert Trial.objects.get(pk=page.trial_id).taken == 1
