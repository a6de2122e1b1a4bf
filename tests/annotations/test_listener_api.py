"""What pages ask for their listener: who the session belongs to, a fresh token, the sounds that come next."""

import json
from typing import Any

import pytest
from django.test import Client

from annotations.enums import Stage
from annotations.models import Assignment, Participant, Response, StudyVersion
from annotations.visit import tag_of
from tests.annotations.listening import answer_all, at_trial
from tests.annotations.test_api_answers import body, post

SESSION, AHEAD = "/api/s/short/session/", "/api/s/short/ahead/"


def of_page(html: bytes) -> Any:
    """What a page tells its script of the listener."""
    return json.loads(html.split(b'<script id="listener" type="application/json">')[1].split(b"</script>")[0])


@pytest.fixture
def person(client: Client, version: StudyVersion) -> Participant:
    return at_trial(client, version)


def test_the_session_tells_the_tag_of_its_pages(client: Client, person: Participant) -> None:
    told = client.get(SESSION).json()
    page = of_page(client.get("/s/short/trial/").content)
    assert told["tag"] == page["tag"] == tag_of(person)
    assert person.key not in json.dumps([told, page]), "exports contain the key; no page does"


def test_a_token_fetched_later_is_taken_where_the_old_one_is_not(version: StudyVersion) -> None:
    strict = Client(enforce_csrf_checks=True)
    person = Participant.objects.create(version=version, stage=Stage.WORKING, seed=1)
    session = strict.session
    session["study:short"] = {"participant": person.key}
    session.save()
    strict.cookies["sessionid"] = session.session_key
    strict.get("/s/short/trial/")
    sent = body(Assignment.objects.get())
    old = strict.post("/api/s/short/answers/", sent, "application/json", headers={"X-CSRFToken": "a" * 64})
    assert old.json()["error"] == "permission_denied"
    token = strict.get(SESSION).json()["token"]
    new = strict.post("/api/s/short/answers/", sent, "application/json", headers={"X-CSRFToken": token})
    assert new.json()["saved"]


def test_a_page_made_for_somebody_else_is_refused(client: Client, person: Participant) -> None:
    client.get("/s/short/trial/")
    sent = json.dumps(body(Assignment.objects.get()))
    for reply in (
        client.post("/api/s/short/answers/", sent, "application/json", headers={"X-Listener": "0" * 20}),
        client.get(SESSION, headers={"X-Listener": "0" * 20}),
    ):
        assert (reply.status_code, reply.json()["error"]) == (403, "no_session")
    assert Response.objects.count() == 0
    mine = client.post("/api/s/short/answers/", sent, "application/json", headers={"X-Listener": tag_of(person)})
    assert mine.json()["saved"]


def test_the_sounds_of_the_next_page_are_told(client: Client, person: Participant) -> None:
    client.get("/s/short/trial/")
    reply = client.get(AHEAD)
    assert "no-store" in reply["Cache-Control"]
    post(client, body(Assignment.objects.get()))
    page = client.get("/s/short/trial/").content.decode()
    assert len(reply.json()["audio"]) == 4, "the context and three clips"
    assert all(f'"{url}"' in page for url in reply.json()["audio"])


def test_nobody_elses_sounds_are_told_and_none_at_the_end(client: Client, person: Participant) -> None:
    assert Client().get(AHEAD).json()["error"] == "no_session"
    assert client.get("/api/s/nowhere/ahead/").status_code == 404
    assert client.post(AHEAD).status_code == 405
    answer_all(person)
    client.get("/s/short/trial/")
    assert client.get(AHEAD).json() == {"audio": []}


def test_refusals_are_in_the_language_of_the_visit(client: Client, version: StudyVersion) -> None:
    swedish = client.get(SESSION, headers={"Accept-Language": "sv"}).json()["message"]
    assert swedish != client.get(SESSION, headers={"Accept-Language": "en"}).json()["message"]
