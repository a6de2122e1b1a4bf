"""Excluding is a flag with a reason."""

import pytest

from annotations.errors import StudyError
from annotations.models import Participant, StudyVersion, Trial
from annotations.services.exclusion import exclude_participant, include_participant
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import answer_all, worker

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture
def participant(version: StudyVersion) -> Participant:
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


def taken() -> list[int]:
    return list(Trial.objects.order_by("position").values_list("taken", flat=True))


def test_ratings_reopen_at_once_and_count_again_while_there_is_room(make_study: MakeStudy) -> None:
    version = make_study(n_trials=6, planned=1)
    answer_all(person := worker(version))
    exclude_participant(participant=person, reason="wrote to us")
    assert taken() == [0] * 6
    other = worker(version)
    answer_all(other)
    assert taken() == [1] * 6
    assert include_participant(participant=person).excluded is False
    assert taken() == [1] * 6, "others have been asked; nothing counts twice"
    exclude_participant(participant=other, reason="wrote to us too")
    include_participant(participant=person)
    assert taken() == [1] * 6
    assert set(person.assignments.values_list("counts", flat=True)) == {True}


def test_where_the_excluded_are_not_to_be_replaced_their_ratings_stay(make_study: MakeStudy) -> None:
    version = make_study(n_trials=6)
    version.definition["allocation"]["reopen"] = ["returned", "timed_out"]
    version.save(update_fields=["definition"])
    answer_all(person := worker(version))
    exclude_participant(participant=person, reason="wrote to us")
    assert taken() == [1] * 6
