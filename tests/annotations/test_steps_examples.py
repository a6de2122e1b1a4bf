"""Worked examples, practice with feedback, and instructions shown again after a pause."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from annotations.enums import Check, ParticipantKind
from annotations.models import Assignment, Participant, Response, StepResult, StudyVersion
from annotations.queries.pages import pages_of
from annotations.services.allocation import next_assignment
from tests.annotations.asking import add_practice, consent, place, send, with_steps
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import ANSWERS, answer, at_trial, worker

HEARD = {"heard-0": "1", "heard-1": "2", "heard-2": "1", "heard-context": "1"}
KEY = {"similar": 2}
WHY = "The first two rise."


@pytest.fixture
def study(version: StudyVersion) -> StudyVersion:
    """Two examples and one practice trial with a key, one without; the examples are not the first that are listed."""
    add_practice(version, "free", None)
    add_practice(version, "ex-1", KEY, explanation_en=WHY, explanation_sv="De två första stiger.")
    add_practice(version, "ex-2", {"suitability": [5, 1, 3], "similar": 0})
    add_practice(version, "keyed", KEY)
    return with_steps(version, examples=2, practice=2)


def text(reply: Any) -> str:
    return str(reply.content.decode())


def data(page: str) -> Any:
    found = re.search(r'<script id="trial-data" type="application/json">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


def at_examples(client: Client) -> Participant:
    person = consent(client)
    send(client, "instructions")
    assert place(client) == "steps/examples"
    return person


def test_examples_one_after_another(client: Client, study: StudyVersion) -> None:
    person = at_examples(client)
    first = text(client.get("/s/short/steps/examples/"))
    assert [clip["id"] for clip in data(first)["clips"]] == ["0", "1", "2"], "in the order of the slots"
    assert data(first)["right"] == KEY
    assert "Which two are most alike? Right here: 1 and 2." in first
    assert WHY in first
    assert "Example 1 of 2" in first
    assert send(client, "examples", **HEARD)["Location"] == "/s/short/steps/"
    second = text(client.get("/s/short/steps/examples/"))
    assert "How suitable is each? Right here: Clip 1: 5, Clip 2: 1, Clip 3: 3." in second
    assert WHY not in second
    assert send(client, "examples", 1, **HEARD)["Location"] == "/s/short/trial/"
    seen = StepResult.objects.filter(participant=person, step="examples").order_by("attempt")
    plays = {"0": 1, "1": 2, "2": 1, "context": 1}
    assert [one.data for one in seen] == [{"trial": "ex-1", "plays": plays}, {"trial": "ex-2", "plays": plays}]
    assert Assignment.objects.filter(trial__key__startswith="ex").count() == 0


def test_the_explanation_is_in_the_language_of_the_visit(client: Client, study: StudyVersion) -> None:
    at_examples(client)
    assert "De två första stiger." in text(client.get("/s/short/steps/examples/?lang=sv"))


@pytest.mark.parametrize(
    "heard",
    [{}, HEARD | {"heard-1": "0"}, HEARD | {"heard-1": "-1"}, HEARD | {"heard-1": "x"}, HEARD | {"heard-context": ""}],
)
def test_not_before_everything_was_heard(client: Client, study: StudyVersion, heard: dict[str, str]) -> None:
    at_examples(client)
    reply = send(client, "examples", **heard)
    assert reply.status_code == 400
    assert "hear every sound to its end before you go on" in text(reply)
    assert not StepResult.objects.filter(step="examples").exists()


def test_sent_twice_no_example_is_passed_over(client: Client, study: StudyVersion) -> None:
    at_examples(client)
    send(client, "examples", **HEARD)
    send(client, "examples", **HEARD)
    assert "Example 2 of 2" in text(client.get("/s/short/steps/examples/"))


@pytest.mark.parametrize("design", ["least_filled", "blocks"])
def test_examples_are_not_given_as_practice(make_study: MakeStudy, design: str) -> None:
    version = make_study(design=design)
    version.trials.update(block="b")
    for key, answers in (("free", None), ("ex-1", KEY), ("keyed", KEY)):
        add_practice(version, key, answers)
    with_steps(version, examples=1, practice=2)
    person = worker(version, kind=ParticipantKind.SIMULATED)  # they take no steps
    given = []
    while page := next_assignment(participant=person):
        given.append(page.trial.key)
        answer(person, page)
    assert given[:2] == ["free", "keyed"]
    assert len(given) == pages_of(version) == 8


def at_practice(version: StudyVersion, client: Client) -> Assignment:
    """Come to the practice trial with a key; its clips stand in another order than that of the slots."""
    with_steps(version, examples=0, practice=1)
    version.trials.filter(check_kind=Check.PRACTICE).exclude(key="keyed").update(check_kind=Check.ATTENTION)
    at_trial(client, version)
    page = client.get("/s/short/trial/")
    assert "<h1>Practice, page 1 of 7</h1>" in text(page)
    Assignment.objects.update(presented=[2, 0, 1])
    return Assignment.objects.get()


def deliver(client: Client, page: Assignment, answers: dict[str, Any], key: str = "") -> Any:
    sent = {
        "assignment": page.key,
        "idempotency_key": key or str(uuid4()),
        "answers": answers,
        "rt_ms": 10,
        "plays": [1, 1, 1],
        "context_plays": 1,
    }
    return client.post("/api/s/short/answers/", json.dumps(sent), content_type="application/json")


def test_a_wrong_answer_is_told_as_clips_stand_on_the_screen(client: Client, study: StudyVersion) -> None:
    page = at_practice(study, client)
    reply = deliver(client, page, ANSWERS | {"similar": 1})
    assert reply.json()["feedback"] == {
        "right": False,
        "text": "Not quite. Which two are most alike? Right here: 2 and 3.",
    }


def test_a_right_answer_is_told_and_told_again_when_sent_again(client: Client, study: StudyVersion) -> None:
    page, key = at_practice(study, client), str(uuid4())
    reply = deliver(client, page, ANSWERS | {"similar": 2}, key)
    assert reply.json()["feedback"] == {"right": True, "text": "That is right."}
    assert deliver(client, page, ANSWERS | {"similar": 2}, key).content == reply.content


def test_no_feedback_where_the_study_wants_none(client: Client, study: StudyVersion) -> None:
    page = at_practice(with_steps(study, feedback=False), client)
    assert "feedback" not in deliver(client, page, ANSWERS).json()


def test_no_feedback_on_attention_trials(client: Client, version: StudyVersion) -> None:
    at_trial(client, version)
    client.get("/s/short/trial/")
    version.trials.update(check_kind=Check.ATTENTION, answers=KEY, planned=0, taken=0)
    assert "feedback" not in deliver(client, Assignment.objects.get(), ANSWERS).json()


def test_per_clip_answers_are_told_by_clip(client: Client, study: StudyVersion) -> None:
    page = at_practice(study, client)
    study.trials.filter(key="keyed").update(answers={"suitability": [5, 1, 3]})
    told = deliver(client, page, ANSWERS).json()["feedback"]["text"]
    assert told == "Not quite. How suitable is each? Right here: Clip 1: 3, Clip 2: 5, Clip 3: 1."


def away(minutes: int) -> None:
    """Move everything that the participant did into the past."""
    past = timezone.now() - timedelta(minutes=minutes)
    StepResult.objects.update(done_at=past)
    Response.objects.update(answered_at=past)
    Participant.objects.update(consented_at=past)


def test_instructions_again_after_a_pause(client: Client, version: StudyVersion) -> None:
    person = at_trial(client, version)
    page = next_assignment(participant=person)
    assert page is not None
    answer(person, page)
    away(59)
    assert place(client) == "trial"
    here = text(client.get("/s/short/trial/"))
    away(61)
    assert place(client) == "steps/instructions"
    again = text(client.get("/s/short/steps/instructions/"))
    assert "Welcome back" in again
    assert ">Continue</button>" in again
    assert "<em>headphones</em>" in again
    assert send(client, "instructions", 1)["Location"] == "/s/short/trial/"
    there = text(client.get("/s/short/trial/"))
    assert data(there)["assignment"] == data(here)["assignment"], "on with the page where they were"
    read = StepResult.objects.filter(step="instructions").order_by("attempt")
    assert [(one.attempt, one.settled) for one in read] == [(0, True), (1, True)]
    away(61)
    assert place(client) == "steps/instructions"


def test_an_answer_ends_a_pause(client: Client, version: StudyVersion) -> None:
    """Whoever left the page open and answers it is at work again."""
    person = at_trial(client, version)
    client.get("/s/short/trial/")
    away(600)
    page = next_assignment(participant=person)
    assert page is not None
    answer(person, page)
    assert place(client) == "trial"


def test_never_again_where_the_study_says_so(client: Client, version: StudyVersion) -> None:
    at_trial(client, with_steps(version, remind_after_minutes=0))
    away(100_000)
    assert place(client) == "trial"


def test_whoever_has_no_trial_left_is_not_reminded(client: Client, version: StudyVersion) -> None:
    person = at_trial(client, version)
    while page := next_assignment(participant=person):
        answer(person, page)
    away(600)
    assert place(client) == "done"
