"""Erasing a person: everything goes, everyone else's stays, the trials get their room back, and a record is left."""

import hashlib
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model

from annotations.enums import ParticipantKind, Stage
from annotations.errors import StudyError, WrongStageError
from annotations.models import Assignment, Erasure, Judgement, Participant, PlatformIdentity, Response, StudyVersion
from annotations.services.allocation import next_assignment
from annotations.services.erasure import erase_participant, find_participant, withdraw
from annotations.services.participation import begin, give_consent, join
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import CONSENT, answer, answer_all, sha, worker

pytestmark = pytest.mark.data_layer

PLATFORM_ID = "5e9088a8a4b6ed018b45ba7b"


def from_prolific(version: StudyVersion, external_id: str = PLATFORM_ID) -> Participant:
    """Someone who came from Prolific, has answered two pages and holds a third."""
    person = join(study_slug=version.study.slug, external_id=external_id, details={"SESSION_ID": "s-" + external_id})
    person = give_consent(participant=person, language="sv", consent_sha256=sha(CONSENT["sv"]))
    person = begin(participant=person)
    for _ in range(2):
        page = next_assignment(participant=person)
        assert page is not None
        answer(person, page, telemetry={"agent": "trace-of-" + external_id})
    assert next_assignment(participant=person) is not None
    return person


def taken(version: StudyVersion) -> int:
    return sum(version.trials.values_list("taken", flat=True))


def cells() -> Iterator[str]:
    """Every value of every column of every table of our apps."""
    labels = ("annotations", "corpus", "modeling", "analysis")
    models: list[type[Model]] = [model for label in labels for model in apps.get_app_config(label).get_models()]
    for model in models:
        for row in model._default_manager.values_list():
            yield from (str(value) for value in row)


def related_to(participant: Participant) -> dict[str, int]:
    """How many rows of each table name a participant."""
    return {
        relation.related_model.__name__: relation.related_model._base_manager.filter(
            **{relation.field.name: participant.pk}
        ).count()
        for relation in Participant._meta.related_objects
    }


def test_everything_goes_and_nobody_elses(version: StudyVersion) -> None:
    other = from_prolific(version, "other")
    before = [list(model.objects.order_by("pk").values()) for model in (Participant, Assignment, Response, Judgement)]
    person = from_prolific(version)
    key, pk = person.key, person.pk
    assert taken(version) == 6
    erasure = erase_participant(participant=person, reason="asked for by mail")
    assert not Participant.objects.filter(pk=pk).exists()
    assert not PlatformIdentity.objects.exclude(participant=other).exists()
    after = [list(model.objects.order_by("pk").values()) for model in (Participant, Assignment, Response, Judgement)]
    assert after == before
    assert taken(version) == 3
    assert (erasure.n_responses, erasure.reason, erasure.study) == (2, "asked for by mail", version.study)
    assert erasure.participant_key_sha256 == hashlib.sha256(key.encode()).hexdigest()
    trace = [cell for cell in cells() if key in cell or PLATFORM_ID in cell]
    assert trace == []


def test_what_an_excluded_person_no_longer_counted_in_is_not_given_back_twice(version: StudyVersion) -> None:
    person = from_prolific(version)
    other = worker(version)
    answer_all(other)
    person.assignments.update(counts=False)
    version.trials.update(taken=1)
    erase_participant(participant=person)
    assert taken(version) == 6


def test_withdrawing_keeps_an_empty_row_that_can_be_told(version: StudyVersion) -> None:
    person = from_prolific(version)
    key, arrived = person.key, person.arrived_at
    gone = withdraw(participant=person)
    assert (gone.key, gone.stage) == (key, Stage.WITHDRAWN)
    assert taken(version) == 0
    assert set(related_to(gone).values()) == {0}
    stored = Participant.objects.get(pk=gone.pk)
    assert (stored.language, stored.consented_at, stored.consent_version, stored.seed) == ("en", None, "", 0)
    assert stored.arrived_at > arrived
    assert [cell for cell in cells() if PLATFORM_ID in cell] == []
    assert Erasure.objects.get().reason == "withdrew"
    with pytest.raises(WrongStageError):
        next_assignment(participant=stored)
    withdraw(participant=stored)
    assert Erasure.objects.count() == 1


def test_whatever_names_a_participant_is_covered(version: StudyVersion) -> None:
    person = from_prolific(version)
    named = {table for table, count in related_to(person).items() if count}
    assert named >= {"PlatformIdentity", "Assignment"}
    withdraw(participant=person)
    assert set(related_to(person).values()) == {0}


def test_whoever_comes_back_after_an_erasure_is_someone_new(version: StudyVersion) -> None:
    person = from_prolific(version)
    key = person.key
    erase_participant(participant=person)
    assert join(study_slug="short", external_id=PLATFORM_ID).key != key


def test_simulated_listeners_can_be_erased_and_give_nothing_back(version: StudyVersion) -> None:
    person = worker(version, kind=ParticipantKind.SIMULATED)
    answer_all(person)
    erase_participant(participant=person)
    assert taken(version) == 0
    assert not Response.objects.exists()


def test_all_or_nothing(version: StudyVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    person = from_prolific(version)

    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(Erasure.objects, "create", fails)
    with pytest.raises(RuntimeError):
        erase_participant(participant=person)
    assert Response.objects.count() == 2
    assert taken(version) == 3
    connection.check_constraints()


def test_found_by_key_or_platform_id_in_this_study_only(make_study: MakeStudy) -> None:
    version, other = make_study("one"), make_study("two")
    person, same_elsewhere = from_prolific(version), from_prolific(other)
    assert find_participant(study_slug="one", name=person.key) == person
    assert find_participant(study_slug="one", name=PLATFORM_ID) == person
    assert find_participant(study_slug="two", name=PLATFORM_ID) == same_elsewhere
    for name in (person.key, "", PLATFORM_ID[:-1], PLATFORM_ID.upper()):
        with pytest.raises(StudyError, match="has no participant"):
            find_participant(study_slug="two", name=name)
    with pytest.raises(StudyError, match="no study 'three'"):
        find_participant(study_slug="three", name=PLATFORM_ID)


def test_an_id_of_several_platforms_is_not_guessed(version: StudyVersion) -> None:
    here = join(study_slug="short", external_id="P1", platform="prolific")
    there = join(study_slug="short", external_id="P1", platform="mturk")
    with pytest.raises(StudyError, match="several participants") as caught:
        find_participant(study_slug="short", name="P1")
    assert here.key in str(caught.value)
    assert there.key in str(caught.value)


def test_the_command_says_what_is_left_to_do_and_knows_what_was_done(version: StudyVersion) -> None:
    person = from_prolific(version)
    out = StringIO()
    call_command("erase_participant", PLATFORM_ID, "--study", "short", stdout=out)
    assert f"erased participant {person.key} of short: 2 answered pages" in out.getvalue()
    assert "Files exported earlier" in out.getvalue()
    with pytest.raises(CommandError, match="was erased on"):
        call_command("erase_participant", person.key, "--study", "short")
    with pytest.raises(CommandError, match="has no participant"):
        call_command("erase_participant", PLATFORM_ID, "--study", "short")
