"""Which trial comes next: balance, limits, reservations and their end."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.enums import AssignmentState, Check, ParticipantKind, Stage, StudyState
from annotations.errors import StudyFullError, StudyNotOpenError, WrongStageError
from annotations.models import Assignment, Participant, Response, Study, StudyVersion, Trial
from annotations.services.allocation import next_assignment, release_expired
from annotations.services.participation import join
from annotations.services.recount import count_ratings
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import answer, answer_all, worker

pytestmark = pytest.mark.data_layer


def taken(version: StudyVersion) -> list[int]:
    return list(Trial.objects.filter(version=version).order_by("position").values_list("taken", flat=True))


def expire(participant: Participant) -> None:
    participant.assignments.update(expires_at=timezone.now() - timedelta(seconds=1))


def test_the_page_stays_the_same_until_it_is_answered(version: StudyVersion) -> None:
    person = worker(version)
    page = next_assignment(participant=person)
    assert page is not None
    again = next_assignment(participant=person)
    assert again is not None
    assert (again.pk, again.presented) == (page.pk, page.presented)
    assert sum(taken(version)) == 1
    answer(person, page)
    following = next_assignment(participant=person)
    assert following is not None
    assert following.trial_id != page.trial_id


def test_nobody_gets_a_trial_twice_and_positions_count_up(version: StudyVersion) -> None:
    person = worker(version)
    assert answer_all(person) == 6
    assert len({page.trial_id for page in person.assignments.all()}) == 6
    assert list(person.assignments.values_list("position", flat=True)) == [0, 1, 2, 3, 4, 5]


def test_everyone_gets_as_many_trials_as_the_study_says(make_study: MakeStudy) -> None:
    version = make_study(trials_per_participant=4)
    person = worker(version)
    assert answer_all(person) == 4
    assert next_assignment(participant=person) is None


def test_ratings_are_never_more_than_one_apart(make_study: MakeStudy) -> None:
    version = make_study(n_trials=7, planned=4, trials_per_participant=3)
    for _ in range(9):
        person = worker(version)
        while page := next_assignment(participant=person):
            fill = taken(version)
            assert max(fill) - min(fill) <= 1
            answer(person, page)


def test_no_trial_gets_more_than_planned(make_study: MakeStudy) -> None:
    version = make_study(n_trials=3, planned=2, trials_per_participant=3)
    early, late, last = worker(version), worker(version), worker(version)
    assert [answer_all(early), answer_all(late)] == [3, 3]
    with pytest.raises(StudyFullError):
        next_assignment(participant=last)
    assert taken(version) == [2, 2, 2]


def test_ties_are_broken_by_the_seed(make_study: MakeStudy) -> None:
    version = make_study(n_trials=12, trials_per_participant=12)

    def order(seed: int) -> list[tuple[str, list[int]]]:
        person = worker(version, kind=ParticipantKind.SIMULATED, seed=seed)
        answer_all(person)
        pages = person.assignments.select_related("trial").order_by("position")
        return [(page.trial.key, page.presented) for page in pages]

    first = order(1)
    for seed in (2, 3):
        assert order(seed) != first
    fresh = make_study("again", n_trials=12, trials_per_participant=12)
    person = worker(fresh, kind=ParticipantKind.SIMULATED, seed=1)
    answer_all(person)
    pages = person.assignments.select_related("trial").order_by("position")
    assert [(page.trial.key, page.presented) for page in pages] == first


def test_simulated_listeners_take_nobodys_place_and_balance_among_themselves(make_study: MakeStudy) -> None:
    version = make_study(n_trials=6, planned=1, trials_per_participant=3)
    page = next_assignment(participant=worker(version))
    assert page is not None
    for _ in range(4):
        answer_all(worker(version, kind=ParticipantKind.SIMULATED))
    assert sum(taken(version)) == 1
    counts = Counter(
        Assignment.objects.filter(participant__kind=ParticipantKind.SIMULATED).values_list("trial_id", flat=True)
    )
    assert set(counts.values()) == {2}
    assert not Assignment.objects.filter(participant__kind=ParticipantKind.SIMULATED, counts=True).exists()


def test_expired_reservations_go_to_others(make_study: MakeStudy) -> None:
    version = make_study(n_trials=1, planned=1)
    gone, other = worker(version), worker(version, seed=1)
    left = next_assignment(participant=gone)
    with pytest.raises(StudyFullError):
        next_assignment(participant=other)
    expire(gone)
    page = next_assignment(participant=other)
    assert left is not None
    assert page is not None
    assert page.trial_id == left.trial_id
    assert taken(version) == [1]
    left.refresh_from_db()
    assert (left.state, left.counts) == (AssignmentState.EXPIRED, False)


def test_whoever_comes_back_late_finds_the_same_page_while_there_is_room(make_study: MakeStudy) -> None:
    version = make_study(n_trials=3, planned=2)
    person = worker(version)
    page = next_assignment(participant=person)
    assert page is not None
    expire(person)
    assert release_expired(version=version) == 1
    assert sum(taken(version)) == 0
    back = next_assignment(participant=person)
    assert back is not None
    assert (back.pk, back.presented, back.state, back.counts) == (page.pk, page.presented, "reserved", True)
    assert sum(taken(version)) == 1


def test_whoever_comes_back_too_late_goes_on_with_another_trial(make_study: MakeStudy) -> None:
    version = make_study(n_trials=2, planned=1)
    person, other = worker(version), worker(version)
    page = next_assignment(participant=person)
    assert page is not None
    expire(person)
    assert answer_all(other) == 2
    Trial.objects.exclude(pk=page.trial_id).update(planned=2)
    going_on = next_assignment(participant=person)
    assert going_on is not None
    assert going_on.trial_id != page.trial_id


def test_whoever_comes_back_when_nothing_is_left_is_timed_out_and_the_answers_are_kept(make_study: MakeStudy) -> None:
    version = make_study(n_trials=3, planned=1)
    person = worker(version)
    first = next_assignment(participant=person)
    assert first is not None
    answer(person, first)
    late = next_assignment(participant=person)
    assert late is not None
    expire(person)
    answer_all(worker(version))
    for _ in range(2):
        with pytest.raises(WrongStageError) as caught:
            next_assignment(participant=person)
        assert caught.value.stage == Stage.TIMED_OUT
    # The answer stays; its rating is given to others, and the late one does not take it back.
    assert sorted(taken(version)) == [0, 1, 1]
    answer(person, late)
    assert (Response.objects.count(), sorted(taken(version))) == (4, [0, 1, 1])
    assert person.assignments.filter(counts=True).count() == 0
    count_ratings(study=version.study)
    assert sorted(taken(version)) == [0, 1, 1], "what is open to others is not counted behind their back"


def test_where_timed_out_people_are_not_replaced_their_ratings_stay(make_study: MakeStudy) -> None:
    version = make_study(n_trials=3, planned=1)
    version.definition["allocation"]["reopen"] = ["excluded"]
    version.save(update_fields=["definition"])
    person = worker(version)
    page = next_assignment(participant=person)
    assert page is not None
    answer(person, page)
    next_assignment(participant=person)
    expire(person)
    answer_all(worker(version))
    with pytest.raises(WrongStageError):
        next_assignment(participant=person)
    assert taken(version) == [1, 1, 1]


def test_an_expired_page_that_nobody_released_is_held_again(version: StudyVersion) -> None:
    person = worker(version)
    page = next_assignment(participant=person)
    expire(person)
    back = next_assignment(participant=person)
    assert back == page
    assert back is not None
    assert back.expires_at > timezone.now()
    assert sum(taken(version)) == 1


def test_reservations_in_time_and_answers_are_not_released(version: StudyVersion) -> None:
    person = worker(version)
    page = next_assignment(participant=person)
    assert page is not None
    answer(person, page)
    next_assignment(participant=person)
    Assignment.objects.filter(pk=page.pk).update(expires_at=timezone.now() - timedelta(days=1))
    assert release_expired(version=version) == 0
    assert sum(taken(version)) == 2


def test_practice_and_checks_are_not_given_as_ordinary_trials(version: StudyVersion) -> None:
    Trial.objects.filter(position__lt=2).update(check_kind=Check.ATTENTION)
    assert answer_all(worker(version)) == 4


def test_trials_are_given_only_at_their_stage_and_while_the_study_is_live(version: StudyVersion) -> None:
    with pytest.raises(WrongStageError):
        next_assignment(participant=join(study_slug="short"))
    person = worker(version)
    next_assignment(participant=person)
    Study.objects.update(state=StudyState.PAUSED)
    with pytest.raises(StudyNotOpenError):
        next_assignment(participant=person)
