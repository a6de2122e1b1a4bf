"""From arrival to the completion code."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.enums import ParticipantKind, Stage, StudyState
from annotations.errors import (
    ConsentChangedError,
    StudyFullError,
    StudyNotOpenError,
    UnknownStudyError,
    WrongStageError,
)
from annotations.models import Assignment, Participant, PlatformIdentity, StudyVersion
from annotations.services.allocation import next_assignment
from annotations.services.participation import begin, decline_consent, finish, give_consent, join
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import CONSENT, answer_all, sha, worker

pytestmark = pytest.mark.data_layer


def test_whoever_comes_back_with_the_same_id_continues(version: StudyVersion) -> None:
    first = join(study_slug="short", external_id="abc", details={"SESSION_ID": "s1"})
    again = join(study_slug="short", external_id="abc")
    assert again == first
    assert first.identity.platform == "prolific"
    assert first.identity.details == {"SESSION_ID": "s1"}
    assert join(study_slug="short", external_id="other") != first
    assert PlatformIdentity.objects.count() == 2


def test_people_without_an_id_are_different_people(version: StudyVersion) -> None:
    assert join(study_slug="short") != join(study_slug="short")
    assert PlatformIdentity.objects.count() == 0


def test_the_same_id_in_another_study_is_someone_new(make_study: MakeStudy) -> None:
    make_study("one")
    make_study("two")
    assert join(study_slug="one", external_id="abc") != join(study_slug="two", external_id="abc")


def test_nobody_joins_a_study_that_is_not_there(db: None) -> None:
    with pytest.raises(UnknownStudyError, match="nowhere"):
        join(study_slug="nowhere")


@pytest.mark.parametrize("state", [StudyState.DRAFT, StudyState.PAUSED, StudyState.CLOSED])
def test_people_join_only_live_studies(make_study: MakeStudy, state: str) -> None:
    make_study(state=state)
    with pytest.raises(StudyNotOpenError) as caught:
        join(study_slug="short")
    assert caught.value.code == state
    assert Participant.objects.count() == 0


def test_drafts_can_be_previewed_and_simulated(make_study: MakeStudy) -> None:
    make_study(state=StudyState.DRAFT)
    assert join(study_slug="short", kind=ParticipantKind.PREVIEW).kind == ParticipantKind.PREVIEW
    assert join(study_slug="short", kind=ParticipantKind.SIMULATED).kind == ParticipantKind.SIMULATED


def test_places_fill_up_and_drop_outs_give_theirs_back(make_study: MakeStudy) -> None:
    make_study(places=2, reservation_minutes=10)
    join(study_slug="short", external_id="a")
    gone = join(study_slug="short", external_id="b")
    with pytest.raises(StudyFullError):
        join(study_slug="short", external_id="c")
    assert join(study_slug="short", kind=ParticipantKind.SIMULATED).pk
    assert join(study_slug="short", external_id="a").pk, "who has a place keeps it"
    Participant.objects.filter(pk=gone.pk).update(arrived_at=timezone.now() - timedelta(minutes=11))
    assert join(study_slug="short", external_id="c").pk


def test_whoever_is_done_or_at_a_trial_holds_a_place(make_study: MakeStudy) -> None:
    version = make_study(places=2, n_trials=2)
    answer_all(done := worker(version))
    finish(participant=done)
    next_assignment(participant=worker(version))
    Participant.objects.update(arrived_at=timezone.now() - timedelta(days=1))
    with pytest.raises(StudyFullError):
        join(study_slug="short")


def test_a_study_with_every_trial_taken_is_full(make_study: MakeStudy) -> None:
    version = make_study(n_trials=2, planned=1)
    answer_all(worker(version))
    with pytest.raises(StudyFullError):
        join(study_slug="short")


def test_a_study_whose_last_trials_were_left_is_not_full(make_study: MakeStudy) -> None:
    version = make_study(n_trials=1, planned=1)
    next_assignment(participant=worker(version))
    with pytest.raises(StudyFullError):
        join(study_slug="short")
    Assignment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert answer_all(worker(version)) == 1


def test_consent_stores_which_text_was_read(version: StudyVersion) -> None:
    person = join(study_slug="short", language="en")
    person = give_consent(participant=person, language="sv", consent_sha256=sha(CONSENT["sv"]))
    assert person.stage == Stage.CONSENTED
    assert person.consent_version == sha(CONSENT["sv"])
    assert person.language == "sv"
    assert person.consented_at is not None
    again = give_consent(participant=person, language="en", consent_sha256=sha(CONSENT["en"]))
    assert again.consent_version == sha(CONSENT["sv"]), "the first consent stands"


def test_consent_to_another_text_is_refused(version: StudyVersion) -> None:
    person = join(study_slug="short")
    with pytest.raises(ConsentChangedError):
        give_consent(participant=person, language="en", consent_sha256=sha("an older text"))
    assert Participant.objects.get(pk=person.pk).stage == Stage.ARRIVED


def test_declining_can_be_taken_back(version: StudyVersion) -> None:
    person = decline_consent(participant=join(study_slug="short"))
    assert (person.stage, person.completion_code) == (Stage.DECLINED, "NO-1")
    person = give_consent(participant=person, language="en", consent_sha256=sha(CONSENT["en"]))
    assert person.stage == Stage.CONSENTED


def test_pages_cannot_be_skipped(version: StudyVersion) -> None:
    person = join(study_slug="short")
    with pytest.raises(WrongStageError):
        begin(participant=person)
    with pytest.raises(WrongStageError):
        finish(participant=person)
    working = worker(version)
    with pytest.raises(WrongStageError):
        decline_consent(participant=working)
    with pytest.raises(WrongStageError):
        finish(participant=working)


def test_the_completion_code_comes_once_everything_is_answered(version: StudyVersion) -> None:
    person = worker(version)
    assert answer_all(person) == 6
    done = finish(participant=person)
    assert (done.stage, done.completion_code) == (Stage.DONE, "DONE-1")
    assert finish(participant=person).finished_at == done.finished_at


def test_without_a_code_of_the_study_everyone_has_their_own(make_study: MakeStudy) -> None:
    codes = {"completed": "", "screened_out": "", "failed_attention": "", "no_consent": ""}
    version = make_study(codes=codes)
    answer_all(person := worker(version))
    assert finish(participant=person).completion_code == person.key[:8].upper()
