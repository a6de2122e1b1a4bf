"""Going away for good, and going on elsewhere."""

import re

import pytest
from django.test import Client

from annotations.continuing import continue_token
from annotations.enums import Stage, StudyState
from annotations.models import Erasure, Participant, PlatformIdentity, Response, Study, StudyVersion
from annotations.services.erasure import erase_participant
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import answer_all, at_trial
from tests.annotations.test_api_answers import body, post
from tests.annotations.test_views import AGREED, text

WITHDRAW = "/s/short/withdraw/"


def link_of(client: Client) -> str:
    found = re.search(r'value="(http://testserver/s/short/\?continue=[^"]+)"', text(client.get("/s/short/trial/")))
    return found[1].removeprefix("http://testserver") if found else ""


def test_withdrawing_deletes_everything_and_says_so(client: Client, version: StudyVersion) -> None:
    client.get("/s/short/?PROLIFIC_PID=abc")
    person = at_trial(client, version)
    answer_all(person)
    page = text(client.get(WITHDRAW))
    assert "6 pages" in page
    assert "a code to take back" in page
    assert Participant.objects.get().stage == Stage.WORKING, "looking at the page withdraws nobody"
    ended = client.post(WITHDRAW, follow=True)
    assert ended.redirect_chain == [("/s/short/ended/", 302)]
    assert "has been deleted" in text(ended)
    assert "NO-1" in text(ended), "the code of those who do not consent"
    assert '"withdrawn": true' in text(ended), "the page tells its script to forget what the device keeps"
    assert (Response.objects.count(), PlatformIdentity.objects.count(), Erasure.objects.count()) == (0, 0, 1)
    assert Participant.objects.get().stage == Stage.WITHDRAWN
    assert client.post(WITHDRAW)["Location"] == "/s/short/ended/"
    assert Erasure.objects.count() == 1


def test_an_answer_after_withdrawing_is_not_stored(client: Client, version: StudyVersion) -> None:
    person = at_trial(client, version)
    client.get("/s/short/trial/")
    sent = body(person.assignments.get())
    client.post(WITHDRAW)
    assert post(client, sent).status_code == 404
    assert Response.objects.count() == 0


@pytest.mark.parametrize("state", [StudyState.PAUSED, StudyState.CLOSED])
def test_withdrawing_works_while_the_study_does_not(client: Client, version: StudyVersion, state: str) -> None:
    at_trial(client, version)
    Study.objects.update(state=state)
    assert client.post(WITHDRAW)["Location"] == "/s/short/ended/"


def test_withdrawing_is_offered_from_consent_to_the_end(client: Client, version: StudyVersion) -> None:
    assert WITHDRAW not in text(client.get("/s/short/consent/"))
    client.post("/s/short/consent/", AGREED)
    assert WITHDRAW in text(client.get("/s/short/steps/", follow=True))
    client.post("/s/short/steps/instructions/", {"attempt": 0})
    assert WITHDRAW in text(client.get("/s/short/trial/"))
    answer_all(Participant.objects.get())
    assert WITHDRAW in text(client.get("/s/short/trial/", follow=True))
    assert f'<a href="{WITHDRAW}"' not in text(client.get(WITHDRAW))


def test_withdrawing_needs_the_token_of_the_page(version: StudyVersion) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(WITHDRAW).status_code == 403


def test_who_comes_by_the_platforms_link_after_withdrawing_is_someone_new(
    client: Client, version: StudyVersion
) -> None:
    client.get("/s/short/?PROLIFIC_PID=abc")
    at_trial(client, version)
    client.post(WITHDRAW)
    page = client.get("/s/short/?PROLIFIC_PID=abc", follow=True)
    assert page.redirect_chain[-1] == ("/s/short/consent/", 302)


def test_the_link_continues_elsewhere_and_leaves_the_address(client: Client, make_study: MakeStudy) -> None:
    person = at_trial(client, make_study(platform="link"))
    link = link_of(client)
    assert person.key not in link
    other = Client()
    assert other.get(link)["Location"] == "/s/short/"
    assert other.get("/s/short/", follow=True).redirect_chain[-1] == ("/s/short/trial/", 302)
    assert other.get("/s/short/trial/").status_code == 200
    assert Participant.objects.count() == 1


def test_platforms_have_a_link_of_their_own(client: Client, version: StudyVersion) -> None:
    client.get("/s/short/?PROLIFIC_PID=abc")
    at_trial(client, version)
    assert link_of(client) == ""


def test_a_link_that_is_none_is_refused(client: Client, make_study: MakeStudy) -> None:
    person = at_trial(client, make_study(platform="link"))
    link = link_of(client)
    make_study("other", platform="link")
    stranger = Client()
    for address in (
        link[:-1],
        "/s/short/?continue=",
        link.replace("short", "other"),
        f"/s/short/?continue={person.key}",
    ):
        reply = stranger.get(address)
        assert reply.status_code == 403
        assert "cannot be used" in text(reply)
        assert "study:short" not in stranger.session
    erase_participant(participant=person)
    assert stranger.get(link).status_code == 403


def test_a_link_grows_old(client: Client, make_study: MakeStudy, settings: pytest.FixtureRequest) -> None:
    person = at_trial(client, make_study(platform="link"))
    settings.SESSION_COOKIE_AGE = -1  # type: ignore[attr-defined]
    assert client.get(f"/s/short/?continue={continue_token(person)}").status_code == 403
