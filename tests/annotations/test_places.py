"""Who comes when the study is full, twice, from another device, or after having left: each in words of their own."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotations.enums import ParticipantKind, Stage
from annotations.errors import StudyFullError, WrongStageError
from annotations.models import Assignment, Participant, Response, StudyVersion
from annotations.services.allocation import next_assignment
from annotations.services.leaving import leave
from annotations.services.participation import decline_consent, finish, give_consent, join
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import CONSENT, answer, answer_all, at_trial, sha, worker
from tests.annotations.test_crowd import populated  # noqa: F401 - a fixture
from tests.running_site import Site

pytestmark = pytest.mark.data_layer

CODES = {"completed": "DONE-1", "screened_out": "OUT-1", "no_consent": "NO-1", "full": "FULL-1"}
BACK = 'href="https://app.prolific.com/submissions/complete?cc='


def text(reply: Any) -> str:
    return str(reply.content.decode())


def away(person: Participant) -> None:
    """Let a participant have been away for longer than anything is held for them."""
    long_ago = timezone.now() - timedelta(days=1)
    Participant.objects.filter(pk=person.pk).update(arrived_at=long_ago)
    person.assignments.update(expires_at=long_ago)
    Response.objects.filter(assignment__participant=person).update(answered_at=long_ago)


def test_who_comes_to_a_full_study_gets_the_code_for_that_and_the_way_back(make_study: MakeStudy) -> None:
    version = make_study(places=1, codes=CODES)
    at_trial(Client(), version)
    late = Client()
    page = late.get("/s/short/?PROLIFIC_PID=late", follow=True)
    assert page.status_code == 403
    assert "found all the listeners" in text(page)
    assert "FULL-1" in text(page)
    assert BACK + 'FULL-1"' in text(page)
    assert Participant.objects.count() == 1


def test_without_a_code_for_that_they_are_asked_to_return(make_study: MakeStudy) -> None:
    version = make_study(places=1)
    at_trial(Client(), version)
    page = text(Client().get("/s/short/?PROLIFIC_PID=late", follow=True))
    assert "Please return your submission at Prolific" in page
    assert BACK not in page


def test_who_is_done_and_comes_again_gets_the_same_code_on_any_device(client: Client, make_study: MakeStudy) -> None:
    version = make_study(codes=CODES)
    client.get("/s/short/?PROLIFIC_PID=abc")
    answer_all(at_trial(client, version))
    assert BACK + 'DONE-1"' in text(client.get("/s/short/trial/", follow=True))
    assert BACK + 'DONE-1"' in text(Client().get("/s/short/?PROLIFIC_PID=abc", follow=True))
    assert Participant.objects.count() == 1


@pytest.mark.parametrize(
    ("stage", "code", "said"),
    [
        (Stage.SCREENED_OUT, "OUT-1", "no fault of yours"),
        (Stage.TIMED_OUT, "FULL-1", "given to somebody else"),
        (Stage.DECLINED, "NO-1", "That is fine"),
        (Stage.RETURNED, "", "cannot be continued"),
    ],
)
def test_who_left_is_told_how_it_ended(client: Client, make_study: MakeStudy, stage: str, code: str, said: str) -> None:
    version = make_study(codes=CODES)
    client.get("/s/short/?PROLIFIC_PID=abc")
    at_trial(client, version)
    Participant.objects.update(stage=stage, completion_code=code or "DONE-1")
    if stage == Stage.DECLINED:
        page = text(client.get("/s/short/declined/"))
    else:
        page = text(Client().get("/s/short/?PROLIFIC_PID=abc", follow=True))
    assert said in page
    assert (BACK + f'{code}"' in page) == bool(code)
    assert "DONE-1" not in page


def test_two_devices_at_once_are_the_same_participant(version: StudyVersion) -> None:
    one, other = Client(), Client()
    for client in (one, other):
        client.get("/s/short/?PROLIFIC_PID=abc")
    at_trial(one, version)
    # The other one was at the consent page when the first agreed.
    agreed = {"decision": "agree", "language": "en", "sha256": sha(CONSENT["en"])}
    assert other.post("/s/short/consent/", agreed).status_code == 302
    pages = [client.get("/s/short/trial/").context["data"]["assignment"] for client in (one, other)]
    assert pages[0] == pages[1]
    assert Participant.objects.count() == 1


def test_a_place_that_was_given_away_is_lost_and_the_answers_are_kept(make_study: MakeStudy) -> None:
    version = make_study(places=1)
    person = worker(version)
    page = next_assignment(participant=person)
    assert page is not None
    answer(person, page)
    away(person)
    assert join(study_slug="short", external_id="new").pk
    with pytest.raises(WrongStageError) as caught:
        next_assignment(participant=person)
    assert caught.value.stage == Stage.TIMED_OUT
    assert Response.objects.count() == 1
    assert Assignment.objects.filter(counts=True).count() == 0


def test_a_place_that_nobody_took_is_still_theirs(make_study: MakeStudy) -> None:
    version = make_study(places=1)
    person = worker(version)
    page = next_assignment(participant=person)
    away(person)
    assert next_assignment(participant=person) == page
    with pytest.raises(StudyFullError):
        join(study_slug="short", external_id="new")


def test_who_has_answered_everything_keeps_the_place_for_the_last_form(make_study: MakeStudy) -> None:
    version = make_study(places=1)
    person = worker(version)
    answer_all(person)
    Participant.objects.update(arrived_at=timezone.now() - timedelta(days=1))
    with pytest.raises(StudyFullError):
        join(study_slug="short", external_id="new")
    assert finish(participant=person).stage == Stage.DONE


def test_who_declined_takes_part_later_only_while_there_is_a_place(make_study: MakeStudy) -> None:
    make_study(places=1)
    person = decline_consent(participant=join(study_slug="short", external_id="a"))
    join(study_slug="short", external_id="b")
    with pytest.raises(StudyFullError):
        give_consent(participant=person, language="en", consent_sha256=sha(CONSENT["en"]))


def test_a_place_of_someone_excluded_is_free_if_their_ratings_reopen(make_study: MakeStudy) -> None:
    version = make_study(places=1)
    person = worker(version)
    answer_all(person)
    finish(participant=person)
    Participant.objects.update(excluded=True, exclusion="rule: too quick")
    version.definition["allocation"]["reopen"] = ["returned"]
    version.save(update_fields=["definition"])
    with pytest.raises(StudyFullError):
        join(study_slug="short", external_id="b")
    version.definition["allocation"]["reopen"] = ["excluded"]
    version.save(update_fields=["definition"])
    assert join(study_slug="short", external_id="b").pk


@pytest.mark.parametrize("reopen", [["returned"], []])
def test_what_was_answered_before_returning_reopens_by_rule(make_study: MakeStudy, reopen: list[str]) -> None:
    version = make_study()
    version.definition["allocation"]["reopen"] = reopen
    version.save(update_fields=["definition"])
    person = worker(version)
    page = next_assignment(participant=person)
    assert page is not None
    answer(person, page)
    assert next_assignment(participant=person) is not None
    assert leave(participant=person, stage=Stage.RETURNED) == (2 if reopen else 1)
    assert sum(version.trials.values_list("taken", flat=True)) == (0 if reopen else 1)
    assert leave(participant=person, stage=Stage.TIMED_OUT) == 0
    assert Participant.objects.get().stage == Stage.RETURNED


@pytest.mark.parametrize("kind", [ParticipantKind.PILOT, ParticipantKind.PREVIEW, ParticipantKind.SIMULATED])
def test_only_people_take_places_and_ratings(make_study: MakeStudy, kind: str) -> None:
    version = make_study(places=1, planned=1)
    for _ in range(2):
        person = worker(version, kind=kind)
        assert answer_all(person) == 6
        finish(participant=person)
    assert sum(version.trials.values_list("taken", flat=True)) == 0
    assert join(study_slug="short", external_id="first").pk


RACE = """
from concurrent.futures import ThreadPoolExecutor
from django.db import connection
from annotations.enums import StudyState
from annotations.errors import StudyFullError
from annotations.models import Participant, Study, StudyVersion
from annotations.services.participation import join
from corpus.models import Corpus
from tests.annotations.listening import CONSENT, add_tasks, add_trials, definition, sha
study = Study.objects.create(slug="race", state=StudyState.LIVE)
version = StudyVersion.objects.create(
    study=study, number=1, corpus=Corpus.objects.create(slug="c"), definition=definition("race", places=%d),
    consent={"en": {"text": CONSENT["en"], "sha256": sha(CONSENT["en"])}})
add_trials(version, add_tasks(version), 5, 50)
def come(name):
    try:
        return join(study_slug="race", external_id=name).key
    except StudyFullError:
        return "full"
    finally:
        connection.close()
names = [name for at in range(12) for name in (f"p{at}", f"p{at}")]
with ThreadPoolExecutor(12) as pool:
    found = list(pool.map(come, names))
pairs = list(zip(found[::2], found[1::2]))
print(json.dumps({"people": Participant.objects.count(), "in": sum(a != "full" for a, b in pairs),
    "split": [pair for pair in pairs if "full" not in pair and pair[0] != pair[1]]}))
"""


@pytest.mark.parametrize("places", [1, 5])
def test_browsers_that_race_for_the_last_place(populated: Site, places: int) -> None:  # noqa: F811
    """Twelve people, each in two browsers at once: as many as there are places, and nobody twice."""
    seen = populated.python(RACE % places)
    assert seen["people"] == places
    assert seen["split"] == []


def test_release_takes_over_who_left(version: StudyVersion, tmp_path: Path) -> None:
    from tests.annotations.test_reconcile_command import came, run

    people = {name: came(version, name, pages) for name, pages in (("half", 2), ("again", 2), ("done", 6), ("slow", 1))}
    export = tmp_path / "prolific_export.csv"
    rows = ["s-half,half,RETURNED", "s-again,again,RETURNED", "s-new,again,ACTIVE", "s-done,done,RETURNED"]
    export.write_text("Submission id,Participant id,Status\n" + "\n".join([*rows, "s-slow,slow,TIMED-OUT", ""]))
    asked = "  would be released: 1 who returned, 1 who timed out; 3 ratings reopen (--release)"
    assert asked in run("short", str(export))
    assert "would be released" in run("short", str(export), "--release", "--dry-run")
    assert set(Participant.objects.values_list("stage", flat=True)) == {Stage.WORKING, Stage.DONE}
    said = run("short", str(export), "--release")
    assert "  released: 1 who returned, 1 who timed out; 3 ratings reopen" in said
    stages = {name: Participant.objects.get(pk=one.pk).stage for name, one in people.items()}
    # Who came with another submission since goes on, and whose answers are whole is for a person to judge.
    assert stages == {"half": "returned", "again": "working", "done": "done", "slow": "timed_out"}
    assert sum(version.trials.values_list("taken", flat=True)) == 2 + 6
    assert "released: 0 who returned, 0 who timed out; 0 ratings reopen" in run("short", str(export), "--release")
