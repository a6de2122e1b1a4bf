"""Blocks, the Latin square and the adaptive design: who gets which trials, in which order, and their balance."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.design.latin import n_rows, williams_row
from annotations.enums import AssignmentState, ChosenBy, ParticipantKind, Stage
from annotations.errors import WrongStageError
from annotations.models import Assignment, Participant, Response, StudyVersion, Trial
from annotations.queries.pages import pages_of
from annotations.services.allocation import has_work, next_assignment, release_expired
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import answer, answer_all, worker

pytestmark = pytest.mark.data_layer


def taken(version: StudyVersion) -> list[int]:
    return list(version.trials.order_by("position").values_list("taken", flat=True))


def keys(person: Participant) -> list[str]:
    return list(person.assignments.order_by("position").values_list("trial__key", flat=True))


def blocks_of(person: Participant) -> set[str]:
    return set(person.assignments.values_list("trial__block", flat=True))


def leave(person: Participant) -> None:
    person.assignments.filter(state=AssignmentState.RESERVED).update(expires_at=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def in_blocks(make_study: MakeStudy) -> StudyVersion:
    """Three blocks of two trials, each wanted twice."""
    version = make_study(n_trials=6, planned=2, design="blocks")
    for at in range(3):
        version.trials.filter(position__in=[at, at + 3]).update(block=f"b{at}")
    return version


def test_everyone_gets_one_whole_block_and_blocks_are_used_equally(in_blocks: StudyVersion) -> None:
    people = [worker(in_blocks) for _ in range(6)]
    for count, person in enumerate(people, start=1):
        assert next_assignment(participant=person) is not None
        assert max(taken(in_blocks)) - min(taken(in_blocks)) <= 1
        assert sum(taken(in_blocks)) == 2 * count, "the whole block is held from the first page on"
    assert [answer_all(person) for person in people] == [2] * 6 == [pages_of(in_blocks)] * 6
    assert all(len(blocks_of(person)) == 1 for person in people)
    assert Counter(block for person in people for block in blocks_of(person)) == {"b0": 2, "b1": 2, "b2": 2}
    assert taken(in_blocks) == [2] * 6
    assert set(Assignment.objects.values_list("chosen_by", flat=True)) == {ChosenBy.BLOCK}
    assert not has_work(people[0])


def test_the_order_within_a_block_is_each_persons_own(make_study: MakeStudy) -> None:
    version = make_study(n_trials=8, planned=1, design="blocks")
    people = [worker(version, kind=ParticipantKind.SIMULATED, seed=seed) for seed in range(4)]
    for person in people:
        answer_all(person)
    assert len({tuple(keys(person)) for person in people}) == 4
    assert taken(version) == [0] * 8


def test_simulated_listeners_balance_blocks_among_themselves(in_blocks: StudyVersion) -> None:
    people = [worker(in_blocks, kind=ParticipantKind.SIMULATED) for _ in range(9)]
    for person in people:
        answer_all(person)
    assert set(Counter(block for person in people for block in blocks_of(person)).values()) == {3}


def test_a_block_left_in_the_middle_goes_whole_to_somebody_else(in_blocks: StudyVersion) -> None:
    gone = worker(in_blocks)
    page = next_assignment(participant=gone)
    assert page is not None
    answer(gone, page)
    leave(gone)
    others = [worker(in_blocks) for _ in range(6)]
    assert [answer_all(other) for other in others] == [2] * 6
    assert taken(in_blocks) == [2] * 6
    assert Response.objects.filter(assignment__participant=gone).count() == 1, "nothing is lost"
    assert not gone.assignments.filter(counts=True).exists()
    with pytest.raises(WrongStageError):
        next_assignment(participant=gone)
    assert Participant.objects.get(pk=gone.pk).stage == Stage.TIMED_OUT


def test_who_comes_back_to_a_block_with_room_goes_on_and_all_of_it_counts(in_blocks: StudyVersion) -> None:
    person = worker(in_blocks)
    first = next_assignment(participant=person)
    assert first is not None
    answer(person, first)
    leave(person)
    assert release_expired(version=in_blocks) == 1
    assert taken(in_blocks) == [0] * 6
    back = next_assignment(participant=person)
    assert back is not None
    assert back.trial_id != first.trial_id
    assert sorted(taken(in_blocks)) == [0, 0, 0, 0, 1, 1]
    answer(person, back)
    assert person.assignments.filter(counts=True).count() == 2
    assert sorted(taken(in_blocks)) == [0, 0, 0, 0, 1, 1]


def test_a_late_answer_within_a_block_that_was_given_back_counts_only_with_the_rest(in_blocks: StudyVersion) -> None:
    person = worker(in_blocks)
    page = next_assignment(participant=person)
    assert page is not None
    leave(person)
    release_expired(version=in_blocks)
    answer(person, page)
    assert taken(in_blocks) == [0] * 6
    assert answer_all(person) == 1
    assert sorted(taken(in_blocks)) == [0, 0, 0, 0, 1, 1]


def test_a_block_is_held_as_long_as_work_goes_on(in_blocks: StudyVersion) -> None:
    person = worker(in_blocks)
    page = next_assignment(participant=person)
    assert page is not None
    soon = timezone.now() + timedelta(minutes=10)
    person.assignments.update(expires_at=soon)
    assert next_assignment(participant=person) == page
    assert not person.assignments.filter(expires_at__lte=soon).exists()


def test_the_order_follows_the_rows_of_a_latin_square(make_study: MakeStudy) -> None:
    version = make_study(n_trials=4, planned=8, trials_per_participant=4, design="latin")
    people = [worker(version) for _ in range(8)]
    for person in people:
        answer_all(person)
    rows = [[int(key[1:]) for key in keys(person)] for person in people]
    assert rows == [williams_row(4, row) for row in range(4)] * 2
    assert set(Assignment.objects.values_list("chosen_by", flat=True)) == {ChosenBy.LATIN}


def test_the_beginnings_of_all_rows_use_every_trial_and_page_equally(make_study: MakeStudy) -> None:
    version = make_study(n_trials=5, planned=6, trials_per_participant=3, design="latin")
    for _ in range(n_rows(5)):
        answer_all(worker(version))
    assert taken(version) == [6] * 5
    assert set(Counter(Assignment.objects.values_list("trial_id", "position")).values()) == {2}


def test_the_row_of_someone_excluded_is_given_out_again(make_study: MakeStudy) -> None:
    version = make_study(n_trials=4, planned=8, trials_per_participant=4, design="latin")
    people = [worker(version) for _ in range(3)]
    for person in people[:2]:
        next_assignment(participant=person)
    Participant.objects.filter(pk=people[0].pk).update(excluded=True)
    next_assignment(participant=people[2])
    rows = Participant.objects.order_by("pk").values_list("latin_row", flat=True)
    assert list(rows) == [0, 1, 0]


def test_a_trial_that_is_full_is_passed_over_in_the_row(make_study: MakeStudy) -> None:
    version = make_study(n_trials=4, planned=1, trials_per_participant=4, design="latin")
    version.trials.filter(position=1).update(taken=1)
    person = worker(version)
    answer_all(person)
    assert keys(person) == ["t0", "t3", "t2"]


def test_an_adaptive_study_asks_the_highest_priority_first(make_study: MakeStudy) -> None:
    version = adaptive(make_study, share=0.0)
    people = [worker(version) for _ in range(3)]
    first = [page.trial.key for person in people if (page := next_assignment(participant=person))]
    assert first == ["t9", "t9", "t8"], "t9 is full after two"
    assert set(Assignment.objects.values_list("chosen_by", flat=True)) == {ChosenBy.PRIORITY}
    assert answer_all(people[0]) == 6
    assert keys(people[0])[:4] == ["t9", "t8", "t7", "t6"]


@pytest.mark.parametrize("share", [0.3, 0.5, 1.0])
def test_the_stated_share_is_random_and_every_page_says_which_it_was(make_study: MakeStudy, share: float) -> None:
    version = adaptive(make_study, share=share)
    people = [worker(version, kind=ParticipantKind.SIMULATED, seed=seed) for seed in range(20)]
    for person in people:
        answer_all(person)
        chosen = Counter(person.assignments.values_list("chosen_by", flat=True))
        assert abs(chosen[ChosenBy.RANDOM] - 6 * share) < 1
        assert chosen[ChosenBy.RANDOM] + chosen[ChosenBy.PRIORITY] == 6
    random = Counter(Assignment.objects.filter(chosen_by=ChosenBy.RANDOM).values_list("trial__key", flat=True))
    assert abs(random.total() - 120 * share) < 8
    assert len(random) == 10, "every trial can be drawn"
    assert random["t9"] + random["t8"] > 0.1 * random.total(), "also those of the highest priority"


def adaptive(make_study: MakeStudy, *, share: float) -> StudyVersion:
    version = make_study(n_trials=10, planned=2, trials_per_participant=6, design="adaptive")
    version.definition["allocation"]["random_share"] = share
    version.save()
    for trial in version.trials.all():
        Trial.objects.filter(pk=trial.pk).update(priority=trial.position)
    return version


def test_places_on_the_screen_are_balanced_for_each_trial(make_study: MakeStudy) -> None:
    version = make_study(n_trials=4, planned=6, trials_per_participant=4)
    for _ in range(6):
        answer_all(worker(version))
    for trial in version.trials.all():
        orders = list(trial.assignments.values_list("presented", flat=True))
        for place in range(3):
            assert Counter(order[place] for order in orders) == {0: 2, 1: 2, 2: 2}
