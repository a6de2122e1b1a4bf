"""MTurk, SONA, invitations and pilots: who comes in, who is kept out, and the way back."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from annotations.enums import ParticipantKind, StudyState
from annotations.errors import NotInvitedError
from annotations.models import Assignment, Invitation, Participant, Trial
from annotations.services.allocation import next_assignment
from annotations.services.invitations import invite, revoke_invitation
from annotations.services.participation import finish, join
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import CONSENT, answer_all, at_trial, sha

pytestmark = pytest.mark.data_layer

MTURK = "workerId=W1&assignmentId=A1&hitId=H1&turkSubmitTo=https%3A%2F%2Fworkersandbox.mturk.com"
CREDIT = "https://school.sona-systems.com/webstudy_credit.aspx?experiment_id=1&credit_token=t&survey_code={id}"
AGREED = {"decision": "agree", "language": "en", "sha256": sha(CONSENT["en"])}


def text(reply: Any) -> str:
    return str(reply.content.decode())


def policy(reply: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in reply["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


def run(*args: str) -> str:
    out = StringIO()
    call_command("invite", *args, stdout=out, stderr=StringIO())
    return out.getvalue()


class TestMTurk:
    def test_the_preview_tells_of_the_task_and_nobody_joins(self, client: Client, make_study: MakeStudy) -> None:
        make_study(platform="mturk")
        for address in ("/s/short/frame/?assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId=H1", "/s/short/frame/"):
            page = client.get(address)
            assert page.status_code == 200
            assert "This is a preview" in text(page)
            assert "<strong>may stop</strong>" in text(page)
            assert "Open the study" not in text(page)
            assert "Set-Cookie" not in page.headers
        at_once = client.get("/s/short/?workerId=W1&assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE")
        assert at_once["Location"] == "/s/short/frame/"
        assert Participant.objects.count() == 0

    def test_accepted_the_frame_opens_a_window_of_the_studys_own(self, client: Client, make_study: MakeStudy) -> None:
        make_study(platform="mturk")
        page = text(client.get(f"/s/short/frame/?{MTURK}&utm=no"))
        link = f"/s/short/?{MTURK}&lang=en".replace("&", "&amp;")
        assert f'href="{link}" target="_blank" rel="noopener"' in page
        # Another language keeps who comes, without a cookie.
        assert f'href="?lang=sv&{MTURK}"'.replace("&", "&amp;") in page

    def test_only_the_entry_may_be_framed_and_only_by_mturk(self, client: Client, make_study: MakeStudy) -> None:
        make_study(platform="mturk")
        entry, other = client.get("/s/short/frame/"), client.get("/s/short/consent/")
        assert policy(entry)["frame-ancestors"] == "https://*.mturk.com"
        assert "X-Frame-Options" not in entry.headers
        assert policy(entry)["form-action"] == "'self'"
        assert (policy(other)["frame-ancestors"], other["X-Frame-Options"]) == ("'none'", "DENY")

    def test_a_study_from_elsewhere_has_no_such_page(self, client: Client, make_study: MakeStudy) -> None:
        make_study()
        page = client.get("/s/short/frame/")
        assert (page.status_code, page["X-Frame-Options"]) == (404, "DENY")
        assert policy(page)["frame-ancestors"] == "'none'"

    def test_a_full_study_says_so_in_the_frame_but_not_to_those_who_are_in(
        self, client: Client, make_study: MakeStudy
    ) -> None:
        version = make_study(platform="mturk", places=1)
        client.get(f"/s/short/?{MTURK}")
        at_trial(client, version)
        full = client.get(f"/s/short/frame/?{MTURK.replace('W1', 'W2')}")
        assert "found all the listeners" in text(full)
        assert policy(full)["frame-ancestors"] == "https://*.mturk.com"
        assert "Open the study" in text(client.get(f"/s/short/frame/?{MTURK}"))

    def test_work_is_handed_in_at_the_sandbox_or_at_mturk(self, client: Client, make_study: MakeStudy) -> None:
        version = make_study(platform="mturk")
        client.get(f"/s/short/?{MTURK}")
        answer_all(at_trial(client, version))
        page = client.get("/s/short/trial/", follow=True)
        assert '<form method="post" action="https://workersandbox.mturk.com/mturk/externalSubmit">' in text(page)
        assert '<input type="hidden" name="assignmentId" value="A1">' in text(page)
        assert '<input type="hidden" name="surveycode" value="DONE-1">' in text(page)
        assert "csrfmiddlewaretoken" not in text(page)
        assert policy(page)["form-action"] == "'self' https://workersandbox.mturk.com"
        # A worker who returned the first assignment and took another hands in that one.
        again = Client()
        page = again.get(f"/s/short/?{MTURK.replace('A1', 'A2')}", follow=True)
        assert 'name="assignmentId" value="A2"' in text(page)

    @pytest.mark.parametrize(
        "host", ["https://evil.example", "http://www.mturk.com", "https://www.mturk.com@evil.example", "//evil", ""]
    )
    def test_nothing_is_posted_anywhere_else(self, client: Client, make_study: MakeStudy, host: str) -> None:
        version = make_study(platform="mturk")
        client.get("/s/short/", {"workerId": "W1", "assignmentId": "A1", "turkSubmitTo": host})
        answer_all(at_trial(client, version))
        page = client.get("/s/short/trial/", follow=True)
        assert "<form" not in text(page)
        assert "evil" not in text(page)
        assert "DONE-1" in text(page)
        assert policy(page)["form-action"] == "'self'"


class TestSona:
    def test_the_way_back_grants_the_credit_of_whoever_is_done(self, client: Client, make_study: MakeStudy) -> None:
        version = make_study(platform="sona")
        version.definition["recruitment"]["return_url"] = CREDIT
        version.save(update_fields=["definition"])
        client.get("/s/short/?survey_code=12%2634")
        answer_all(at_trial(client, version))
        assert "survey_code=12%2634" in text(client.get("/s/short/trial/", follow=True))

    def test_who_declines_gets_a_code_but_no_credit(self, client: Client, make_study: MakeStudy) -> None:
        version = make_study(platform="sona")
        version.definition["recruitment"]["return_url"] = CREDIT
        version.save(update_fields=["definition"])
        client.get("/s/short/?survey_code=1234")
        page = text(client.post("/s/short/consent/", AGREED | {"decision": "decline"}, follow=True))
        assert "NO-1" in page
        assert "sona-systems" not in page


def invited(make_study: MakeStudy, **changes: Any) -> Any:
    version = make_study(platform="link", id_parameter="participant", **changes)
    version.definition["recruitment"]["invitation_only"] = True
    version.save(update_fields=["definition"])
    return version


class TestInvitations:
    def test_only_who_was_invited_comes_in(self, client: Client, make_study: MakeStudy) -> None:
        version = invited(make_study)
        (one,) = invite(study_slug="short")
        for address in ("/s/short/", "/s/short/?participant=guess", "/s/short/?participant="):
            page = Client().get(address, follow=True)
            assert page.status_code in (400, 403)
        assert "only for people with an invitation" in text(Client().get("/s/short/", follow=True))
        assert Client().post("/s/short/consent/", AGREED).status_code == 403
        with pytest.raises(NotInvitedError):
            join(study_slug="short", external_id="guess")
        client.get(f"/s/short/?participant={one.token}")
        person = at_trial(client, version)
        # On another device it is the same person.
        other = Client().get(f"/s/short/?participant={one.token}", follow=True)
        assert other.redirect_chain[-1] == ("/s/short/trial/", 302)
        assert Participant.objects.get() == person

    def test_a_token_of_another_study_is_none(self, make_study: MakeStudy) -> None:
        invited(make_study)
        make_study("other", platform="link")
        (one,) = invite(study_slug="other")
        assert Client().get(f"/s/short/?participant={one.token}").status_code == 403

    def test_a_revoked_one_stops_newcomers_and_those_who_began(self, client: Client, make_study: MakeStudy) -> None:
        version = invited(make_study)
        began, fresh = invite(study_slug="short", n=2)
        client.get(f"/s/short/?participant={began.token}")
        person = at_trial(client, version)
        page = next_assignment(participant=person)
        assert page is not None
        for one in (began, fresh):
            revoke_invitation(study_slug="short", token=one.token)
        for reply in (client.get("/s/short/trial/"), Client().get(f"/s/short/?participant={fresh.token}")):
            assert reply.status_code == 403
            assert "no longer valid" in text(reply)
        sent = {"assignment": page.key}
        reply = client.post("/api/s/short/answers/", sent, content_type="application/json")
        assert (reply.status_code, reply.json()["error"]) == (403, "not_invited")
        with pytest.raises(NotInvitedError):
            join(study_slug="short", external_id=fresh.token)

    def test_the_command_writes_links_and_revokes(self, make_study: MakeStudy, tmp_path: Path) -> None:
        invited(make_study)
        out = run("short", "--n", "3", "--label", "lab list", "--base-url", "https://study.example.org")
        rows = list(csv.DictReader(StringIO(out)))
        assert [row["label"] for row in rows] == ["lab list"] * 3
        assert rows[0]["link"] == f"https://study.example.org/s/short/?participant={rows[0]['token']}"
        assert set(Invitation.objects.values_list("token", flat=True)) == {row["token"] for row in rows}
        assert "is revoked" in run("short", "--revoke", rows[0]["token"])
        when = Invitation.objects.get(token=rows[0]["token"]).revoked_at
        run("short", "--revoke", rows[0]["token"])
        assert Invitation.objects.get(token=rows[0]["token"]).revoked_at == when
        assert "1 invitations to short" in run("short", "--output", str(tmp_path / "links.csv"))
        assert len((tmp_path / "links.csv").read_text().splitlines()) == 2

    def test_what_cannot_be_done_is_said(self, make_study: MakeStudy) -> None:
        make_study()
        with pytest.raises(CommandError, match="takes the people whom prolific sends"):
            run("short")
        with pytest.raises(CommandError, match="has no invitation 'x'"):
            run("short", "--revoke", "x")
        with pytest.raises(CommandError, match="no study 'nowhere'"):
            run("nowhere")
        with pytest.raises(CommandError, match="from 1 to"):
            run("short", "--pilot", "--n", "0")


class TestPilots:
    def test_a_link_for_pilots_works_before_going_live_and_never_counts(self, make_study: MakeStudy) -> None:
        version = make_study(state=StudyState.DRAFT, planned=1, places=1)
        (row,) = csv.DictReader(StringIO(run("short", "--pilot")))
        client = Client()
        client.get(row["link"])
        person = at_trial(client, version)
        assert person.kind == ParticipantKind.PILOT
        assert "Pilot: these answers never count." in text(client.get("/s/short/trial/"))
        answer_all(person)
        assert finish(participant=person).completion_code == "DONE-1"
        assert set(Trial.objects.values_list("taken", flat=True)) == {0}
        assert not Assignment.objects.filter(counts=True).exists()

    def test_a_made_up_token_is_refused(self, make_study: MakeStudy) -> None:
        make_study(state=StudyState.DRAFT)
        assert Client().get(f"/s/short/?PROLIFIC_PID=pilot-{'0' * 20}").status_code == 403

    def test_researchers_pilot_a_live_study(self, client: Client, make_study: MakeStudy) -> None:
        version = make_study()
        client.get("/s/short/?pilot")
        assert at_trial(client, version).kind == ParticipantKind.PERSON
        client.force_login(User.objects.create_user("researcher", is_staff=True))
        client.get("/s/short/?pilot")
        assert at_trial(client, version).kind == ParticipantKind.PILOT


def test_a_failed_attention_code_is_given_kindly(client: Client, make_study: MakeStudy) -> None:
    version = make_study(codes={"completed": "DONE-1", "failed_attention": "ATT-1"})
    at_trial(client, version)
    Participant.objects.update(stage="done", completion_code="ATT-1")
    page = text(client.get("/s/short/done/"))
    assert "That can happen to anybody" in page
    assert "ATT-1" in page
