"""The headphone screening: the server plans and scores; what a failure does is the study's choice."""

import json
from typing import Any

import pytest
from django.test import Client

from annotations.enums import Stage
from annotations.errors import StepInvalidError, WrongStageError
from annotations.models import Participant, StepResult, StudyVersion
from annotations.queries.steps import standing_of
from annotations.services.participation import begin
from annotations.steps.headphones import STEP
from annotations.study_file.schema import definition_of
from tests.annotations.listening import CONSENT, sha
from tests.annotations.stepping import PAGE, consented, headphones, screen, take

CODE = "SCREENED-1"


def screened(version: StudyVersion, on_fail: str = "screen_out", **screening: Any) -> StudyVersion:
    version.definition["recruitment"]["codes"]["screened_out"] = CODE
    return screen(version, headphones="huggins", on_fail=on_fail, **screening)


def shown(person: Participant) -> dict[str, Any]:
    """What the page shows a participant now."""
    return STEP.display(standing_of(person, definition_of(person.version), STEP, "en"))


def targets(person: Participant) -> list[int]:
    return [trial["target"] for trial in shown(person)["data"]["trials"]]


def answers(person: Participant, n_right: int) -> list[int]:
    """So many right answers, the others wrong."""
    return [target if at < n_right else target % 3 + 1 for at, target in enumerate(targets(person))]


def fail(person: Participant, attempt: int = 0) -> Participant:
    return take(person, "headphones", headphones(answers(person, 4)), attempt)


@pytest.mark.parametrize("n_right", [5, 6])
def test_from_the_pass_mark_on_they_go_on(version: StudyVersion, n_right: int) -> None:
    person = consented(screened(version))
    expected = targets(person)
    person = take(person, "headphones", headphones(answers(person, n_right), completed=2))
    result = StepResult.objects.get()
    assert (result.score, result.out_of, result.passed, result.settled) == (n_right, 6, True, True)
    assert person.stage == Stage.CONSENTED
    told = result.data
    assert (told["kind"], told["pass_mark"], told["targets"], told["starts"]) == ("huggins", 5, expected, 1)
    assert told["page"] == PAGE
    assert [len(trial["plays"]) for trial in told["trials"]] == [2] * 6
    assert {trial["rt_ms"] for trial in told["trials"]} == {800.25}


def test_screening_out_gives_its_own_code(version: StudyVersion) -> None:
    person = fail(consented(screened(version)))
    assert (person.stage, person.completion_code) == (Stage.SCREENED_OUT, CODE)
    assert person.finished_at is not None
    result = StepResult.objects.get()
    assert (result.score, result.passed, result.settled) == (4, False, False)
    with pytest.raises(WrongStageError):
        begin(participant=person)


def test_a_warning_lets_them_go_on_and_says_so(version: StudyVersion) -> None:
    person = fail(consented(screened(version, "warn")))
    result = StepResult.objects.get()
    assert (person.stage, result.passed, result.settled) == (Stage.CONSENTED, False, True)
    assert STEP.notice(result).startswith("The headphone check did not go well this time. You can go on")
    assert begin(participant=person).stage == Stage.WORKING


def test_there_is_nothing_to_say_to_who_passed(version: StudyVersion) -> None:
    person = consented(screened(version, "warn"))
    take(person, "headphones", headphones(answers(person, 6)))
    assert STEP.notice(StepResult.objects.get()) == ""


def test_a_second_try_has_other_trials_and_can_be_passed(version: StudyVersion) -> None:
    person = consented(screened(version, "second_try"))
    first = shown(person)
    person = fail(person)
    assert person.stage == Stage.CONSENTED
    second = shown(person)
    assert (first["again"], second["again"]) == (False, True)
    seeds = [{trial["seed"] for trial in each["data"]["trials"]} for each in (first, second)]
    assert not seeds[0] & seeds[1]
    with pytest.raises(WrongStageError):
        begin(participant=person)
    person = take(person, "headphones", headphones(answers(person, 5)), attempt=1)
    assert [(one.attempt, one.passed, one.settled) for one in StepResult.objects.all()] == [
        (0, False, False),
        (1, True, True),
    ]
    assert begin(participant=person).stage == Stage.WORKING


def test_failing_the_second_try_screens_out(version: StudyVersion) -> None:
    person = fail(fail(consented(screened(version, "second_try"))), attempt=1)
    assert (person.stage, person.completion_code) == (Stage.SCREENED_OUT, CODE)
    assert StepResult.objects.filter(passed=False, settled=False).count() == 2


def test_a_reload_shows_the_same_trials_and_another_person_others(version: StudyVersion) -> None:
    screened(version)
    one, other = consented(version, seed=1), consented(version, seed=2)
    assert shown(one) == shown(one)
    assert shown(one)["data"]["trials"] != shown(other)["data"]["trials"]


@pytest.mark.parametrize("on_fail", ["second_try", "screen_out", "warn"])
def test_sent_twice_it_is_stored_once(version: StudyVersion, on_fail: str) -> None:
    person = consented(screened(version, on_fail))
    sent = headphones(answers(person, 4))
    once = take(person, "headphones", sent)
    twice = take(person, "headphones", sent)
    assert StepResult.objects.count() == 1
    assert twice.stage == once.stage


def test_a_failure_cannot_be_replaced_by_sending_the_right_answers(version: StudyVersion) -> None:
    person = consented(screened(version))
    right = headphones(answers(person, 6))
    fail(person)
    assert take(person, "headphones", right).stage == Stage.SCREENED_OUT
    with pytest.raises(WrongStageError):
        take(person, "headphones", right, attempt=1)
    assert StepResult.objects.get().passed is False


def test_a_score_that_is_sent_is_not_taken(version: StudyVersion) -> None:
    person = consented(screened(version))
    with pytest.raises(StepInvalidError):
        take(person, "headphones", headphones(answers(person, 0), score=6, passed=True))
    assert not StepResult.objects.exists()


@pytest.mark.parametrize(
    ("forged", "field"),
    [
        ({}, "result"),
        (headphones([1] * 6, trials=None), "result"),
        (headphones([1, 2, 3, 1, 2, 4]), "result"),
        (headphones([0] * 6), "result"),
        (headphones([1] * 6, page={}), "result"),
        (headphones([1] * 5), "trials"),
        (headphones([1] * 7), "trials"),
        (headphones([]), "trials"),
        (headphones([1] * 6, completed=0), "trials"),
        (headphones([1] * 6, completed=3), "trials"),
    ],
)
def test_what_no_page_sends_is_refused(version: StudyVersion, forged: Any, field: str) -> None:
    person = consented(screened(version))
    with pytest.raises(StepInvalidError) as caught:
        take(person, "headphones", forged)
    assert list(caught.value.faults) == [field]
    assert not StepResult.objects.exists()


def test_plays_that_were_broken_off_are_not_counted(version: StudyVersion) -> None:
    person = consented(screened(version))
    sent = headphones(answers(person, 6), completed=2)
    for trial in sent["trials"]:
        trial["plays"] = [*trial["plays"], {"at_ms": 9.0, "heard_s": 0.5, "completed": False}]
    take(person, "headphones", sent)
    assert StepResult.objects.get().passed


def test_the_study_says_which_sounds_how_many_and_the_pass_mark(version: StudyVersion) -> None:
    screen(version, headphones="antiphase", of=3, **{"pass": 1}, on_fail="screen_out")
    person = consented(version)
    assert {trial["kind"] for trial in shown(person)["data"]["trials"]} == {"antiphase"}
    take(person, "headphones", headphones(answers(person, 1)))
    result = StepResult.objects.get()
    assert (result.score, result.out_of, result.passed) == (1, 3, True)


def test_the_pages_of_who_fails_twice(client: Client, version: StudyVersion) -> None:
    screened(version, "second_try")
    client.post("/s/short/consent/", {"decision": "agree", "language": "en", "sha256": sha(CONSENT["en"])})
    person = Participant.objects.get()
    page = client.get("/s/short/steps/headphones/").content.decode()
    assert "Trial 1 of 6" in page
    assert "try once more" not in page
    sent = {"attempt": 0, "result": json.dumps(headphones(answers(person, 4)))}
    assert client.post("/s/short/steps/headphones/", sent)["Location"] == "/s/short/steps/"
    again = client.get("/s/short/steps/headphones/").content.decode()
    assert "Please try once more, with other sounds." in again
    sent = {"attempt": 1, "result": json.dumps(headphones(answers(person, 4)))}
    assert client.post("/s/short/steps/headphones/", sent)["Location"] == "/s/short/ended/"
    ended = client.get("/s/short/ended/").content.decode()
    assert CODE in ended
    assert "no fault of yours" in ended


def test_the_page_after_a_warning_says_it(client: Client, version: StudyVersion) -> None:
    screened(version, "warn")
    client.post("/s/short/consent/", {"decision": "agree", "language": "en", "sha256": sha(CONSENT["en"])})
    person = Participant.objects.get()
    sent = {"attempt": 0, "result": json.dumps(headphones(answers(person, 0)))}
    assert client.post("/s/short/steps/headphones/", sent)["Location"] == "/s/short/steps/"
    page = client.get("/s/short/steps/", follow=True)
    assert page.redirect_chain[-1] == ("/s/short/steps/instructions/", 302)
    assert "The headphone check did not go well this time." in page.content.decode()
