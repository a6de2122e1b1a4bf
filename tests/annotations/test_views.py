"""The listener's pages in order, out of order, and in the wrong hands."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from annotations.enums import ParticipantKind, Stage, StudyState
from annotations.models import Assignment, Participant, PlatformIdentity, StepResult, Study, StudyVersion
from annotations.services.allocation import next_assignment
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import CONSENT, answer, answer_all, at_trial, sha

AGREED = {"decision": "agree", "language": "en", "sha256": sha(CONSENT["en"])}
PAGES = ["consent", "steps", "steps/instructions", "trial", "done", "declined", "ended"]


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_whole_way(client: Client, version: StudyVersion) -> None:
    page = client.get("/s/short/", follow=True)
    assert page.redirect_chain == [("/s/short/consent/", 302)]
    assert "<strong>may stop</strong>" in text(page)
    assert client.post("/s/short/consent/", AGREED)["Location"] == "/s/short/steps/"
    page = client.get("/s/short/steps/", follow=True)
    assert "<em>headphones</em>" in text(page)
    assert "6 pages" in text(page)
    assert client.post("/s/short/steps/instructions/", {"attempt": 0})["Location"] == "/s/short/trial/"
    page = client.get("/s/short/trial/")
    assert "1 of 6" in text(page)
    assert "so he left" in text(page)
    person = Participant.objects.get()
    answer_all(person)
    assert client.get("/s/short/trial/")["Location"] == "/s/short/done/"
    page = client.get("/s/short/done/")
    assert "DONE-1" in text(page)
    assert "6 pages" in text(page)
    assert person.kind == ParticipantKind.PERSON


def test_ids_leave_the_address_and_stay_with_the_identity(client: Client, version: StudyVersion) -> None:
    reply = client.get("/s/short/?PROLIFIC_PID=abc&STUDY_ID=s9&SESSION_ID=x1&utm=no")
    assert reply["Location"] == "/s/short/"
    assert Participant.objects.count() == 0, "looking at a page makes nobody a participant"
    client.post("/s/short/consent/", AGREED)
    identity = PlatformIdentity.objects.get()
    assert (identity.platform, identity.external_id) == ("prolific", "abc")
    assert identity.details == {"STUDY_ID": "s9", "SESSION_ID": "x1"}


def test_the_same_id_continues_in_another_browser(client: Client, version: StudyVersion) -> None:
    client.get("/s/short/?PROLIFIC_PID=abc")
    person = at_trial(client, version)
    first = text(client.get("/s/short/trial/"))
    other = Client()
    page = other.get("/s/short/?PROLIFIC_PID=abc", follow=True)
    assert page.redirect_chain[-1] == ("/s/short/trial/", 302)
    assert Participant.objects.get() == person
    assert shown(text(page)) == shown(first)


def test_another_id_in_the_same_browser_is_someone_else(client: Client, version: StudyVersion) -> None:
    client.get("/s/short/?PROLIFIC_PID=abc")
    at_trial(client, version)
    page = client.get("/s/short/?PROLIFIC_PID=def", follow=True)
    assert page.redirect_chain[-1] == ("/s/short/consent/", 302)
    at_trial(client, version)
    assert Participant.objects.count() == 2


@pytest.mark.parametrize("bad", ["x" * 121, "%00", ""])
def test_an_id_that_cannot_be_one_is_refused(client: Client, version: StudyVersion, bad: str) -> None:
    assert client.get(f"/s/short/?PROLIFIC_PID={bad}").status_code == 400


def test_a_reload_shows_the_same_page_in_the_same_order(client: Client, version: StudyVersion) -> None:
    at_trial(client, version)
    first = text(client.get("/s/short/trial/"))
    again = text(client.get("/s/short/trial/"))
    assert shown(first) == shown(again)
    assert Assignment.objects.count() == 1


def test_clips_are_numbered_in_presented_order(client: Client, version: StudyVersion) -> None:
    at_trial(client, version)
    page = text(client.get("/s/short/trial/"))
    assert [int(slot) for slot in re.findall(r'data-sound="(\d)"', page)] == Assignment.objects.get().presented


@pytest.mark.parametrize(
    ("stage", "place"),
    [
        (Stage.ARRIVED, "consent"),
        (Stage.CONSENTED, "steps/instructions"),
        (Stage.WORKING, "trial"),
        (Stage.DONE, "done"),
        (Stage.DECLINED, "declined"),
        (Stage.SCREENED_OUT, "ended"),
        (Stage.WITHDRAWN, "ended"),
        (Stage.RETURNED, "ended"),
        (Stage.TIMED_OUT, "ended"),
    ],
)
def test_every_other_page_leads_to_where_the_participant_is(
    client: Client, version: StudyVersion, stage: str, place: str
) -> None:
    at_trial(client, version)
    Participant.objects.update(stage=stage)
    StepResult.objects.all().delete()
    for page in ["", *(f"{name}/" for name in PAGES)]:
        reply = client.get(f"/s/short/{page}", follow=True)
        assert reply.status_code == 200
        if stage == Stage.DECLINED and page == "consent/":
            assert reply.request["PATH_INFO"] == "/s/short/consent/"
        else:
            assert reply.request["PATH_INFO"] == f"/s/short/{place}/"


@pytest.mark.parametrize("page", [page for page in PAGES if page != "consent"])
def test_a_browser_that_has_not_begun_is_shown_the_start(client: Client, version: StudyVersion, page: str) -> None:
    client.cookies["sessionid"] = "guessedguessedguessedguessed1234"
    reply = client.get(f"/s/short/{page}/")
    assert reply.status_code == 403
    assert 'href="/s/short/"' in text(reply)
    assert Participant.objects.count() == 0


def test_an_unknown_study_is_a_page_that_helps(client: Client, db: None) -> None:
    reply = client.get("/s/nowhere/")
    assert reply.status_code == 404
    assert "check the link" in text(reply)


@pytest.mark.parametrize("state", [StudyState.CLOSED, StudyState.PAUSED, StudyState.DRAFT])
def test_a_study_that_is_not_live_says_so(client: Client, version: StudyVersion, state: str) -> None:
    person = at_trial(client, version)
    page = next_assignment(participant=person)
    assert page is not None
    answer(person, page)
    Study.objects.update(state=state)
    known, stranger = client.get("/s/short/trial/"), Client().get("/s/short/", follow=True)
    assert (known.status_code, stranger.status_code) == (403, 403)
    assert "Your answer to 1 page is saved." in text(known)
    assert "saved" not in text(stranger)
    assert Participant.objects.count() == 1


def test_a_full_study_says_so_before_anyone_consents(client: Client, make_study: MakeStudy) -> None:
    version = make_study(places=1)
    at_trial(Client(), version)
    assert "found all the listeners" in text(client.get("/s/short/consent/"))
    assert client.post("/s/short/consent/", AGREED).status_code == 403
    assert Participant.objects.count() == 1


def test_declining_stores_no_answer_and_can_be_taken_back(client: Client, version: StudyVersion) -> None:
    reply = client.post("/s/short/consent/", AGREED | {"decision": "decline"}, follow=True)
    assert reply.redirect_chain[-1] == ("/s/short/declined/", 302)
    assert "NO-1" in text(reply)
    assert client.get("/s/short/trial/")["Location"] == "/s/short/declined/"
    assert client.post("/s/short/consent/", AGREED)["Location"] == "/s/short/steps/"
    assert Participant.objects.get().consent_version == sha(CONSENT["en"])


def test_consent_to_a_text_that_has_changed_is_asked_again(client: Client, version: StudyVersion) -> None:
    reply = client.post("/s/short/consent/", AGREED | {"sha256": sha("older")})
    assert "The text has changed" in text(reply)
    assert Participant.objects.get().stage == Stage.ARRIVED
    assert client.post("/s/short/consent/", AGREED).status_code == 302


def test_a_damaged_form_changes_nothing(client: Client, version: StudyVersion) -> None:
    assert client.post("/s/short/consent/", {"decision": "perhaps"}).status_code == 200
    assert Participant.objects.count() == 0


def test_looking_changes_nothing(client: Client, version: StudyVersion) -> None:
    assert client.get("/s/short/consent/").status_code == 200
    assert client.put("/s/short/consent/").status_code == 405
    assert client.post("/s/short/trial/").status_code == 405
    assert Participant.objects.count() == 0


def test_forms_need_their_token(version: StudyVersion) -> None:
    reply = Client(enforce_csrf_checks=True).post("/s/short/consent/", AGREED)
    assert reply.status_code == 403
    assert "Allow cookies" in text(reply)


def test_pages_stay_out_of_caches(client: Client, version: StudyVersion) -> None:
    for page in ("", "consent/", "trial/"):
        assert "no-store" in client.get(f"/s/short/{page}")["Cache-Control"]


@pytest.mark.parametrize(
    ("address", "header", "language"),
    [
        ("/s/short/consent/", "", "en"),
        ("/s/short/consent/", "sv-FI,sv;q=0.9,en;q=0.5", "sv"),
        ("/s/short/consent/", "de,fr;q=0.5", "en"),
        ("/s/short/consent/?lang=sv", "en", "sv"),
        ("/s/short/consent/?lang=xx", "sv", "sv"),
    ],
)
def test_the_language_is_chosen(
    client: Client, version: StudyVersion, address: str, header: str, language: str
) -> None:
    page = text(client.get(address, headers={"accept-language": header}))
    assert f'<html lang="{language}">' in page
    assert {"en": "Before you begin", "sv": "Innan du börjar"}[language] in page
    assert {"en": "may stop", "sv": "får sluta"}[language] in page


def test_a_chosen_language_stays(client: Client, version: StudyVersion) -> None:
    client.get("/s/short/?lang=sv")
    agreed = AGREED | {"language": "sv", "sha256": sha(CONSENT["sv"])}
    client.post("/s/short/consent/", agreed)
    assert Participant.objects.get().language == "sv"
    client.post("/s/short/steps/instructions/", {"attempt": 0})
    page = text(client.get("/s/short/trial/", headers={"accept-language": "en"}))
    assert "Vilka två är mest lika?" in page
    assert "inte alls" in page
    assert "1 av 6" in page
    assert 'href="?lang=en"' in page


def test_researchers_preview_a_draft_and_count_for_nothing(client: Client, make_study: MakeStudy) -> None:
    version = make_study(state=StudyState.DRAFT)
    client.force_login(User.objects.create_user("researcher", is_staff=True))
    assert "Preview" in text(client.get("/s/short/consent/"))
    person = at_trial(client, version)
    assert person.kind == ParticipantKind.PREVIEW
    assert "Preview" in text(client.get("/s/short/trial/"))
    assert not Assignment.objects.get().counts


def test_only_researchers_preview(client: Client, version: StudyVersion) -> None:
    client.get("/s/short/?preview=1")
    assert at_trial(client, version).kind == ParticipantKind.PERSON
    staff = Client()
    staff.force_login(User.objects.create_user("researcher", is_staff=True))
    assert at_trial(staff, version).kind == ParticipantKind.PERSON
    staff.get("/s/short/?preview=1")
    assert at_trial(staff, version).kind == ParticipantKind.PREVIEW


def test_joining_renews_the_session(client: Client, version: StudyVersion) -> None:
    client.get("/s/short/?PROLIFIC_PID=abc")
    before = client.session.session_key
    client.post("/s/short/consent/", AGREED)
    assert client.session.session_key != before


def test_scripts_in_texts_of_the_study_are_taken_out(client: Client, version: StudyVersion) -> None:
    bad = "# Hi\n\n<script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))"
    StudyVersion.objects.update(consent={"en": {"text": bad, "sha256": sha(bad)}})
    page = text(client.get("/s/short/consent/"))
    assert "alert" not in page.split("<form")[0]
    assert "<h2>Hi</h2>" in page


def test_a_study_without_consent_text_asks_all_the_same(client: Client, version: StudyVersion) -> None:
    StudyVersion.objects.update(consent={})
    assert client.get("/s/short/consent/").status_code == 200
    reply = client.post("/s/short/consent/", {"decision": "agree", "language": "en", "sha256": ""})
    assert reply["Location"] == "/s/short/steps/"


def shown(page: str) -> list[str]:
    """What identifies the page of a trial: the clips in order and the page's key."""
    return [*re.findall(r'data-sound="(\w+)"', page), *re.findall(r'"assignment": "(\w+)"', page)]


def test_a_trial_page_takes_few_queries(
    client: Client, version: StudyVersion, django_assert_max_num_queries: Any
) -> None:
    at_trial(client, version)
    client.get("/s/short/trial/")
    with django_assert_max_num_queries(9):
        client.get("/s/short/trial/")
