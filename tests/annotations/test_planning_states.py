"""Draft, live, paused, closed."""

import pytest

from annotations.enums import ParticipantKind, StudyState
from annotations.errors import StudyError
from annotations.models import Participant, Study, StudyVersion
from annotations.services.states import set_state
from corpus.models import Corpus

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture
def version() -> StudyVersion:
    corpus = Corpus.objects.create(slug="demo")
    study = Study.objects.create(slug="small")
    return StudyVersion.objects.create(study=study, number=1, corpus=corpus, definition={})


def test_going_live_freezes_the_newest_version_once(version: StudyVersion):
    assert set_state(study_slug="small", state="live").state == StudyState.LIVE
    version.refresh_from_db()
    frozen_at = version.frozen_at
    assert frozen_at is not None
    set_state(study_slug="small", state="paused")
    set_state(study_slug="small", state="live")
    version.refresh_from_db()
    assert version.frozen_at == frozen_at


@pytest.mark.parametrize("state", ["paused", "closed", "draft", "live"])
def test_every_state_can_be_left_again(version: StudyVersion, state: str):
    for wanted in (state, "closed", "live", state):
        assert set_state(study_slug="small", state=wanted).state == wanted


def test_newcomers_get_the_newest_version_before_any_was_live(version: StudyVersion):
    second = StudyVersion.objects.create(study=version.study, number=2, corpus=version.corpus, definition={})
    assert version.study.version_to_join() == second


def test_a_study_that_people_took_part_in_is_no_draft_again(version: StudyVersion):
    Participant.objects.create(version=version, seed=1, kind=ParticipantKind.SIMULATED)
    set_state(study_slug="small", state="draft")
    Participant.objects.create(version=version, seed=1)
    with pytest.raises(StudyError, match="People have taken part in small"):
        set_state(study_slug="small", state="draft")


@pytest.mark.parametrize(
    ("slug", "state", "message"),
    [
        ("smal", "live", "There is no study 'smal'. Load it with load_study."),
        ("small", "open", "There is no state 'open'. Use one of: draft, live, paused, closed."),
        ("empty", "live", "empty has no version yet. Load one with load_study."),
    ],
)
def test_what_cannot_be_done(version: StudyVersion, slug: str, state: str, message: str):
    Study.objects.create(slug="empty")
    with pytest.raises(StudyError) as caught:
        set_state(study_slug=slug, state=state)
    assert str(caught.value) == message
    assert set(Study.objects.values_list("state", flat=True)) == {"draft"}
