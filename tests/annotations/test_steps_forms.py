"""Forms before and after the trials: what is taken, what is refused and how that is told."""

from typing import Any

import pytest
from django.test import Client

from annotations.models import Participant, StepResult, StudyVersion
from tests.annotations.asking import AGE, HEADPHONES, WORDS, consent, place, send, with_steps
from tests.annotations.listening import answer_all


@pytest.fixture
def person(client: Client, version: StudyVersion) -> Participant:
    with_steps(version, before=[HEADPHONES, AGE, WORDS], after=[HEADPHONES])
    return consent(client)


def text(reply: Any) -> str:
    return str(reply.content.decode())


def stored(step: str) -> Any:
    return StepResult.objects.get(step=step).data["answers"]


def test_before_and_after(client: Client, person: Participant) -> None:
    assert place(client) == "steps/form_before"
    reply = send(client, "form_before", **{"answer-headphones": "yes", "answer-age": " 34 ", "answer-words": "a\r\nb"})
    assert reply["Location"] == "/s/short/steps/"
    assert place(client) == "steps/instructions"
    assert stored("form_before") == {"headphones": "yes", "age": 34, "words": "a\nb"}
    send(client, "instructions")
    answer_all(person)
    assert client.get("/s/short/trial/")["Location"] == "/s/short/steps/form_after/"
    send(client, "form_after", **{"answer-headphones": "no"})
    assert stored("form_after") == {"headphones": "no"}
    assert place(client) == "done"


def test_trials_wait_for_the_form(client: Client, person: Participant) -> None:
    assert client.get("/s/short/trial/", follow=True).request["PATH_INFO"] == "/s/short/steps/form_before/"
    assert send(client, "instructions")["Location"] == "/s/short/steps/"
    assert not StepResult.objects.exists()


def test_what_need_not_be_answered_may_be_left_out(client: Client, person: Participant) -> None:
    send(client, "form_before", **{"answer-headphones": "no", "answer-age": "", "answer-words": "  "})
    assert stored("form_before") == {"headphones": "no"}


@pytest.mark.parametrize(("written", "number"), [("34", 34), ("3,5", 3.5), ("-2", -2), ("7.0", 7)])
def test_numbers_as_people_write_them(client: Client, person: Participant, written: str, number: float) -> None:
    send(client, "form_before", **{"answer-headphones": "no", "answer-age": written})
    assert stored("form_before")["age"] == number


BAD = [
    ({"answer-headphones": ""}, "Choose one of the answers."),
    ({"answer-headphones": "maybe"}, "Choose one of the answers."),
    ({"answer-age": "old"}, "Write a number in digits, such as 34."),
    ({"answer-age": "1e9"}, "Write a number in digits, such as 34."),
    ({"answer-age": "nan"}, "Write a number in digits, such as 34."),
    ({"answer-age": "٣٤"}, "Write a number in digits, such as 34."),
    ({"answer-words": "x" * 2001}, "Use at most 2000 characters; these are 2001."),
    ({"answer-words": "a\0b"}, "There is a character in it that cannot be stored."),
]


@pytest.mark.parametrize(("sent", "fault"), BAD)
def test_what_cannot_be_taken_is_told_beside_its_field(
    client: Client, person: Participant, sent: dict[str, str], fault: str
) -> None:
    good = {"answer-headphones": "yes", "answer-age": "34", "answer-words": "kept"}
    reply = send(client, "form_before", **(good | sent))
    page, (field,) = text(reply), sent
    assert reply.status_code == 400
    assert f'<p class="fault" id="{field}-fault">{fault}' in page
    assert f'aria-describedby="{field}-fault"' in page
    assert f'<a href="#{field}">' in page
    assert page.count('class="fault"') == 1
    assert not StepResult.objects.exists()


def test_what_was_written_is_kept_after_an_error(client: Client, person: Participant) -> None:
    page = text(send(client, "form_before", **{"answer-headphones": "no", "answer-age": "x", "answer-words": "<b>"}))
    assert 'value="no" checked' in page
    assert 'name="answer-age" value="x"' in page
    assert ">&lt;b&gt;</textarea>" in page


def test_sent_twice_it_is_stored_once(client: Client, person: Participant) -> None:
    send(client, "form_before", **{"answer-headphones": "yes"})
    assert send(client, "form_before", **{"answer-headphones": "no"})["Location"] == "/s/short/steps/"
    assert stored("form_before") == {"headphones": "yes"}


def test_in_the_language_of_the_visit(client: Client, person: Participant) -> None:
    page = text(client.get("/s/short/steps/form_before/?lang=sv"))
    assert "Har du hörlurar?" in page
    assert "Nej" in page


def test_a_study_without_questions_has_no_forms(client: Client, version: StudyVersion) -> None:
    consent(client)
    assert place(client) == "steps/instructions"
