"""Admin pages: everything can be found, evidence cannot be edited, and long lists need no more queries."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotations.enums import ParticipantKind, StudyState
from annotations.models import Erasure, Invitation, Participant, Response, StepResult, Study, StudyVersion, Trial
from annotations.services.allocation import next_assignment
from annotations.services.participation import join
from tests.annotations.listening import answer, answer_all, worker

pytestmark = pytest.mark.django_db
MODELS = list(apps.get_app_config("annotations").get_models())
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)


def page(model: Any, what: str = "changelist", *args: object) -> str:
    return reverse(f"admin:annotations_{model._meta.model_name}_{what}", args=args)


@pytest.fixture
def answered(version: StudyVersion) -> StudyVersion:
    """A study with one answer of one participant who came by a platform."""
    participant = join(study_slug=version.study.slug, external_id="P-77", platform="prolific")
    person = worker(version)
    assignment = next_assignment(participant=person)
    assert assignment is not None
    answer(person, assignment)
    assert participant.pk != person.pk
    StepResult.objects.create(participant=person, step="headphones", passed=True, settled=True, data={"answers": [1]})
    Invitation.objects.create(study=version.study, label="list")
    Erasure.objects.create(study=version.study, n_responses=2, reason="withdrew", participant_key_sha256="0" * 64)
    return version


def test_every_model_has_its_pages():
    assert set(MODELS) <= set(site._registry)


@each_model
def test_lists_and_pages_can_be_opened_and_searched(admin_client: Client, answered: StudyVersion, model: Any):
    listed = admin_client.get(page(model))
    assert listed.status_code == 200
    assert 'id="changelist-filter"' in listed.text
    assert admin_client.get(page(model), {"q": "nowhere"}).text.count('class="action-checkbox"') == 0
    for row in model.objects.all()[:3]:
        assert admin_client.get(page(model, "change", row.pk)).status_code == 200


@each_model
def test_nothing_is_added_changed_or_deleted(admin_client: Client, answered: StudyVersion, model: Any):
    row = model.objects.first()
    before = list(model.objects.values())
    assert admin_client.get(page(model, "add")).status_code == 403
    assert admin_client.post(page(model, "change", row.pk), {"key": "other"}).status_code == 403
    assert admin_client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in admin_client.get(page(model)).text
    assert list(model.objects.values()) == before


@each_model
def test_long_lists_need_no_more_queries(
    admin_client: Client, answered: StudyVersion, make_study: Callable[..., StudyVersion], model: Any
):
    admin_client.get(page(model))  # fills the caches of a fresh process
    with CaptureQueriesContext(connection) as few:
        admin_client.get(page(model))
    for slug in ("second", "third"):
        further = make_study(slug, n_trials=4)
        join(study_slug=slug, external_id=slug, platform="prolific")
        for _ in range(2):
            answer_all(worker(further))
    with CaptureQueriesContext(connection) as many:
        admin_client.get(page(model))
    assert len(many) == len(few)


@each_model
def test_links_lead_to_pages_that_can_be_opened(admin_client: Client, answered: StudyVersion, model: Any):
    addresses = set(re.findall(r'<td[^>]*><a href="(/admin/[^"]+)"', admin_client.get(page(model)).text))
    for address in addresses:
        assert admin_client.get(unescape(address)).status_code == 200, address


def test_a_study_leads_to_its_people(admin_client: Client, answered: StudyVersion):
    worker(answered, kind=ParticipantKind.SIMULATED)
    text = admin_client.get(page(Study)).text
    people = f"{page(Participant)}?version__study__id__exact={answered.study_id}&amp;kind__exact=person"
    assert f'<a href="{people}">2</a>' in text
    assert admin_client.get(unescape(people)).text.count('class="action-select"') == 2


def test_a_response_shows_its_judgements_in_slots(admin_client: Client, answered: StudyVersion):
    response = Response.objects.get()
    text = admin_client.get(page(Response, "change", response.pk)).text
    assert text.count("contextual.suitability") >= 3
    assert page(Participant, "change", response.assignment.participant_id) in text


def test_a_trial_can_be_heard(admin_client: Client, answered: StudyVersion):
    trial = Trial.objects.first()
    assert trial is not None
    text = admin_client.get(page(Trial, "change", trial.pk)).text
    assert text.count("<audio controls") == 3
    assert "Ratings" in admin_client.get(page(Trial)).text


def test_participants_are_found_by_what_the_platform_calls_them(admin_client: Client, answered: StudyVersion):
    text = admin_client.get(page(Participant), {"q": "P-77"}).text
    assert text.count('class="action-select"') == 1


def act(client: Client, model: Any, action: str, rows: list[Any], **more: str) -> str:
    form = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return unescape(client.post(page(model), form, follow=True).text)


def test_excluding_needs_a_reason_and_deletes_nothing(admin_client: Client, answered: StudyVersion):
    people = list(Participant.objects.all())
    assert "Give a reason" in act(admin_client, Participant, "exclude_selected", people, reason=" ")
    assert not Participant.objects.filter(excluded=True).exists()
    assert "2 excluded; nothing was deleted." in act(
        admin_client, Participant, "exclude_selected", people, reason="asked to"
    )
    assert set(Participant.objects.values_list("excluded", "exclusion")) == {(True, "asked to")}
    assert Response.objects.count() == 1
    act(admin_client, Participant, "include_selected", people[:1])
    assert Participant.objects.get(pk=people[0].pk).exclusion == ""
    assert Participant.objects.filter(excluded=True).count() == 1


def test_studies_are_opened_paused_and_closed(admin_client: Client, make_study: Callable[..., StudyVersion]):
    version = make_study(state=StudyState.DRAFT)
    for action, state in (("go_live", "live"), ("pause", "paused"), ("close", "closed")):
        assert f"Study short is {state}." in act(admin_client, Study, action, [version.study])
        assert Study.objects.get().state == state
    version.refresh_from_db()
    assert version.frozen_at is not None
    empty = Study.objects.create(slug="empty")
    assert "has no version yet" in act(admin_client, Study, "go_live", [empty])


def test_who_may_only_look_has_no_actions(client: Client, answered: StudyVersion):
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    client.force_login(looker)
    for model, action in ((Study, "close"), (Participant, "exclude_selected")):
        assert client.get(page(model)).status_code == 200
        act(client, model, action, list(model.objects.all()), reason="mine")
    assert Study.objects.get().state == StudyState.LIVE
    assert not Participant.objects.filter(excluded=True).exists()


def test_strangers_see_nothing(client: Client, answered: StudyVersion):
    for model in MODELS:
        assert client.get(page(model)).status_code == 302
