"""Questions about the task: right at once, at the second try, never."""

import re
from typing import Any

import pytest
from django.test import Client

from annotations.enums import Stage
from annotations.models import Participant, StepResult, StudyVersion
from tests.annotations.asking import RIGHT, UNDERSTOOD, WRONG, consent, place, send, with_steps
from tests.annotations.conftest import MakeStudy

PAGE = "/s/short/steps/comprehension/"


def begin(client: Client, version: StudyVersion, **changes: Any) -> Participant:
    version.definition["recruitment"]["codes"]["screened_out"] = "OUT-1"
    with_steps(version, comprehension=UNDERSTOOD | changes)
    person = consent(client)
    send(client, "instructions")
    assert place(client) == "steps/comprehension"
    return person


def text(reply: Any) -> str:
    return str(reply.content.decode())


def tries() -> list[tuple[int, bool | None, bool, int | None, int | None]]:
    return list(
        StepResult.objects.filter(step="comprehension")
        .order_by("attempt")
        .values_list("attempt", "passed", "settled", "score", "out_of")
    )


def test_right_at_once(client: Client, version: StudyVersion) -> None:
    begin(client, version)
    assert send(client, "comprehension", **RIGHT)["Location"] == "/s/short/trial/"
    assert tries() == [(0, True, True, 2, 2)]


def test_right_at_the_second_try(client: Client, version: StudyVersion) -> None:
    begin(client, version)
    first = text(client.get(PAGE))
    assert "<details" in first
    assert "Not everything" not in first
    assert send(client, "comprehension", **WRONG)["Location"] == "/s/short/steps/"
    page = text(client.get(PAGE))
    assert "You have 1 more try." in page
    assert re.search(r"<details[^>]* open>", page)
    assert "<em>headphones</em>" in page
    assert re.findall(r'value="(\w+)"[^>]* checked', page) == ["no", "no"], "what was chosen stays chosen"
    assert page.count("This is not the right answer yet.") == 1
    assert re.findall(r'name="(answer-\w+)" value="(\w+)"', page) == re.findall(
        r'name="(answer-\w+)" value="(\w+)"', first
    )
    again = text(client.get(PAGE))
    form = [shown.split('name="attempt"')[1].split("</form>")[0] for shown in (again, page)]
    assert form[0] == form[1], "a reload shows the same"
    assert send(client, "comprehension", 1, **RIGHT)["Location"] == "/s/short/trial/"
    assert tries() == [(0, False, False, 1, 2), (1, True, True, 2, 2)]
    assert StepResult.objects.get(step="comprehension", attempt=0).data == {
        "answers": {"stop": "no", "rush": "no"},
        "wrong": ["stop"],
    }


def test_never_right_is_screened_out_with_the_code(client: Client, version: StudyVersion) -> None:
    person = begin(client, version)
    send(client, "comprehension", **WRONG)
    reply = send(client, "comprehension", 1, **WRONG)
    assert reply["Location"] == "/s/short/ended/"
    page = text(client.get("/s/short/ended/"))
    assert "OUT-1" in page
    assert "questions about the task" in page
    assert "set-up" not in page
    person.refresh_from_db()
    assert (person.stage, person.completion_code) == (Stage.SCREENED_OUT, "OUT-1")
    assert tries() == [(0, False, False, 1, 2), (1, False, False, 1, 2)]
    assert send(client, "comprehension", 2, **RIGHT)["Location"] == "/s/short/ended/"
    assert client.get("/s/short/trial/")["Location"] == "/s/short/ended/"


def test_who_is_only_warned_is_told_the_right_answers(client: Client, version: StudyVersion) -> None:
    begin(client, version, on_fail="warn")
    send(client, "comprehension", **WRONG)
    send(client, "comprehension", 1, **WRONG)
    page = text(client.get(PAGE))
    assert re.findall(r"<dd>(\w+)</dd>", page) == ["Yes", "No"]
    assert 'type="radio"' not in page
    assert send(client, "comprehension", 2)["Location"] == "/s/short/trial/"
    assert tries() == [(0, False, False, 1, 2), (1, False, False, 1, 2), (2, False, True, 1, 2)]


@pytest.mark.parametrize("sent", [{}, {"answer-stop": "yes"}, RIGHT | {"answer-rush": "both"}])
def test_what_is_missing_or_forged_is_no_try(client: Client, version: StudyVersion, sent: dict[str, str]) -> None:
    begin(client, version)
    reply = send(client, "comprehension", **sent)
    assert reply.status_code == 400
    assert '<a href="#answer-rush">' in text(reply)
    assert tries() == []
    assert send(client, "comprehension", **RIGHT).status_code == 302


def test_sent_twice_it_is_one_try(client: Client, version: StudyVersion) -> None:
    begin(client, version)
    send(client, "comprehension", **WRONG)
    send(client, "comprehension", **WRONG)
    assert tries() == [(0, False, False, 1, 2)]
    assert place(client) == "steps/comprehension"


def test_three_tries(client: Client, make_study: MakeStudy) -> None:
    begin(client, make_study(), tries=3)
    send(client, "comprehension", **WRONG)
    assert "You have 2 more tries." in text(client.get(PAGE))
