"""Excluding is a flag with a reason."""

import pytest

from annotations.errors import StudyError
from annotations.models import Participant, Study, StudyVersion
from annotations.services.exclusion import exclude_participant, include_participant
from corpus.models import Corpus

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture
def participant() -> Participant:
    study = Study.objects.create(slug="small")
    corpus = Corpus.objects.create(slug="demo")
    version = StudyVersion.objects.create(study=study, number=1, corpus=corpus, definition={})
    return Participant.objects.create(version=version, seed=1)


def test_an_exclusion_has_its_reason_and_can_be_taken_back(participant: Participant):
    excluded = exclude_participant(participant=participant, reason="  failed attention  ")
    assert (excluded.excluded, excluded.exclusion) == (True, "failed attention")
    included = include_participant(participant=participant)
    assert (included.excluded, included.exclusion) == (False, "")


@pytest.mark.parametrize(
    ("reason", "message"), [(" ", "Give a reason"), ("x" * 201, "201 characters. Use 200 at most")]
)
def test_no_reason_no_exclusion(participant: Participant, reason: str, message: str):
    with pytest.raises(StudyError, match=message):
        exclude_participant(participant=participant, reason=reason)
    participant.refresh_from_db()
    assert not participant.excluded
