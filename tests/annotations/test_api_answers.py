"""Answers by POST: what is taken, what is refused, and how that is told."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from annotations.enums import StudyState
from annotations.models import Assignment, Response, Study, StudyVersion
from annotations.services.allocation import next_assignment
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import ANSWERS, at_trial, worker

URL = "/api/s/short/answers/"


def body(page: Assignment, **changes: Any) -> dict[str, Any]:
    telemetry = {
        "plays": [{"sound": "context", "at_ms": 10.5, "heard_s": 0.3, "completed": True}],
        "ready_ms": 120.0,
        "first_play_ms": None,
        "hidden_count": 0,
        "hidden_ms": 0,
        "language": "en",
    }
    sent = {
        "assignment": page.key,
        "idempotency_key": str(uuid4()),
        "answers": ANSWERS,
        "rt_ms": 1234.5,
        "plays": [1, 1, 1],
        "context_plays": 2,
        "telemetry": telemetry,
    }
    return sent | changes


def post(client: Client, sent: object, url: str = URL) -> Any:
    return client.post(url, json.dumps(sent), content_type="application/json")


@pytest.fixture
def page(client: Client, version: StudyVersion) -> Assignment:
    """The first page of the listener in `client`."""
    at_trial(client, version)
    client.get("/s/short/trial/")
    return Assignment.objects.get()


def test_an_answer_is_acknowledged_with_the_way_on(client: Client, page: Assignment) -> None:
    reply = post(client, body(page))
    assert reply.status_code == 200
    assert reply.json() == {"saved": True, "next": "/s/short/trial/"}
    stored = Response.objects.get()
    assert stored.rt_ms == 1234.5
    assert stored.telemetry["plays"][0]["sound"] == "context"
    assert stored.telemetry["context_plays"] == 2


def test_sent_again_it_gets_the_same_reply(client: Client, page: Assignment) -> None:
    sent = body(page)
    first, again = post(client, sent), post(client, sent)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert Response.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"answers": ANSWERS | {"similar": 7}}, 400, "invalid"),
        ({"answers": {}}, 400, "invalid"),
        ({"answers": [1]}, 400, "invalid"),
        ({"answers": {"text": "\u0000"}}, 400, "invalid"),
        ({"plays": [1, 0, 1]}, 400, "not_heard"),
        ({"plays": [1, -1, 1]}, 400, "invalid"),
        ({"context_plays": 0}, 400, "not_heard"),
        ({"rt_ms": -1}, 400, "invalid"),
        ({"rt_ms": "soon"}, 400, "invalid"),
        ({"idempotency_key": "1"}, 400, "invalid"),
        ({"telemetry": {"plays": [{"sound": "9999"}]}}, 400, "invalid"),
        ({"assignment": "00000000000000000000"}, 404, "unknown_trial"),
        ({"assignment": "\u0000"}, 400, "invalid"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_one_shape(
    client: Client, page: Assignment, change: dict[str, Any], status: int, error: str
) -> None:
    reply = post(client, body(page, **change))
    assert (reply.status_code, reply.json()["error"]) == (status, error)
    assert reply.json()["message"]
    assert Response.objects.count() == 0


def test_faults_are_named_by_question(client: Client, page: Assignment) -> None:
    reply = post(client, body(page, answers={"suitability": [9, 1, 1], "similar": 1}))
    assert set(reply.json()["faults"]) == {"suitability"}


@pytest.mark.parametrize("raw", ["", "{", '{"rt_ms": NaN}', "[]", '"text"'])
def test_what_is_not_json_is_refused(client: Client, page: Assignment, raw: str) -> None:
    reply = client.post(URL, raw, content_type="application/json")
    assert reply.status_code == 400
    assert reply.json()["message"]


def test_a_form_is_refused(client: Client, page: Assignment) -> None:
    assert client.post(URL, {"assignment": page.key}).status_code == 415


def test_another_answer_to_the_same_page_is_refused(client: Client, page: Assignment) -> None:
    sent = body(page)
    post(client, sent)
    assert post(client, body(page)).json()["error"] == "answered"
    reply = post(client, sent | {"answers": ANSWERS | {"similar": 0}})
    assert (reply.status_code, reply.json()["error"]) == (409, "key_reused")
    assert Response.objects.count() == 1


def test_anothers_page_is_refused(client: Client, version: StudyVersion, page: Assignment) -> None:
    other = next_assignment(participant=worker(version))
    assert other is not None
    reply = post(client, body(other))
    assert (reply.status_code, reply.json()["error"]) == (404, "unknown_trial")


def test_a_browser_that_has_not_begun_is_refused(client: Client, page: Assignment) -> None:
    stranger = Client()
    stranger.cookies["sessionid"] = "guessedguessedguessedguessed1234"
    reply = post(stranger, body(page))
    assert (reply.status_code, reply.json()["error"]) == (403, "no_session")


def test_the_session_of_another_study_is_no_session_here(
    client: Client, page: Assignment, make_study: MakeStudy
) -> None:
    make_study("other")
    assert post(client, body(page), "/api/s/other/answers/").json()["error"] == "no_session"
    assert post(client, body(page), "/api/s/nowhere/answers/").status_code == 404


def test_the_page_token_is_required(version: StudyVersion) -> None:
    strict = Client(enforce_csrf_checks=True)
    reply = post(strict, {})
    assert (reply.status_code, reply.json()["error"]) == (403, "permission_denied")


@pytest.mark.parametrize("state", [StudyState.CLOSED, StudyState.PAUSED])
def test_a_study_that_is_not_live_takes_no_answers(client: Client, page: Assignment, state: str) -> None:
    Study.objects.update(state=state)
    reply = post(client, body(page))
    assert (reply.status_code, reply.json()["error"]) == (409, state)


def test_messages_are_in_the_language_of_the_visit(client: Client, page: Assignment) -> None:
    client.get("/s/short/?lang=sv")
    reply = post(client, body(page, plays=[0, 1, 1]))
    assert "Lyssna" in reply.json()["message"]


def test_an_answer_takes_few_queries(client: Client, page: Assignment, django_assert_max_num_queries: Any) -> None:
    StudyVersion.objects.update(frozen_at=timezone.now())
    # Session, participant, pages, page, answer, judgements; what is remembered of frozen versions: version, trial,
    # questions, durations; the look for expired reservations; and the beginning and end of the transaction.
    with django_assert_max_num_queries(13) as seen:
        post(client, body(page))
    statements = [query["sql"] for query in seen.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 11


def trial_data(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="trial-data" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def post_for_page(client: Client, page: Assignment, **changes: Any) -> Any:
    sent = json.dumps(body(page, **changes))
    return client.post(URL, sent, content_type="application/json", headers={"X-With-Page": "1"})


def test_the_reply_brings_the_next_page_as_the_browser_would_load_it(client: Client, page: Assignment) -> None:
    brought = post_for_page(client, page).json()["page"]
    loaded = client.get("/s/short/trial/").content.decode()
    following = Assignment.objects.exclude(pk=page.pk).get()
    in_reply, in_page = trial_data(brought["main"]), trial_data(loaded)
    assert in_reply["assignment"] == in_page["assignment"] == following.key
    assert [clip["id"] for clip in in_reply["clips"]] == [str(slot) for slot in following.presented]
    # The key is each view's own; what else there is is the same, to the last letter.
    bare = brought["main"].replace(in_reply["idempotency_key"], in_page["idempotency_key"])
    assert without_token(bare).strip() in without_token(loaded)
    assert brought["progress"].strip() in loaded
    assert f"<title>{brought['title']}</title>" in loaded


def without_token(html: str) -> str:
    return re.sub(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>', "", html)


def test_sent_again_the_answer_gets_the_same_next_page(client: Client, page: Assignment) -> None:
    key = str(uuid4())
    first, again = (post_for_page(client, page, idempotency_key=key).json() for _ in range(2))
    assert trial_data(first["page"]["main"])["assignment"] == trial_data(again["page"]["main"])["assignment"]
    assert Assignment.objects.count() == 2


def test_after_the_last_page_the_reply_says_only_where_to_go(client: Client, make_study: MakeStudy) -> None:
    at_trial(client, make_study(n_trials=3, trials_per_participant=1))
    client.get("/s/short/trial/")
    assert post_for_page(client, Assignment.objects.get()).json() == {"saved": True, "next": "/s/short/trial/"}


def test_an_answer_is_acknowledged_though_the_next_page_fails(
    client: Client, page: Assignment, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("no such clip")

    monkeypatch.setattr("annotations.trial_shown.shown_page", broken)
    assert post_for_page(client, page).json() == {"saved": True, "next": "/s/short/trial/"}
    assert Response.objects.get().assignment == page
    assert "no such clip" in caplog.text
