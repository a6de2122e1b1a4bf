"""Practice, attention trials and repeats among a participant's pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.design.checks import PageCounts, lay_out
from annotations.enums import AssignmentState, Check, ChosenBy, ParticipantKind
from annotations.errors import StudyFullError
from annotations.models import Assignment, Participant, StudyVersion
from annotations.queries.pages import pages_of
from annotations.services.allocation import has_work, next_assignment, release_expired
from annotations.services.participation import finish
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import add_check, answer, answer_all, worker

pytestmark = pytest.mark.data_layer

GAP = 3


@pytest.fixture(params=["least_filled", "latin", "adaptive", "blocks"])
def design(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def checked(make_study: MakeStudy, design: str) -> StudyVersion:
    """Ten trials, each person gets eight (of a block: ten), two practice trials, two of three attention trials."""
    version = make_study(n_trials=10, planned=3, trials_per_participant=8, design=design)
    version.definition["practice"] = 2
    version.definition["checks"] = {"attention": 2, "repeats": 2, "repeat_after": GAP}
    version.save()
    version.trials.update(block="only")
    for at in range(2):
        add_check(version, Check.PRACTICE, f"p{at}")
    for at in range(3):
        add_check(version, Check.ATTENTION, f"a{at}")
    for at in range(10):
        add_check(version, Check.REPEAT, f"t{at}~repeat", of=f"t{at}")
    return version


def pages(person: Participant) -> list[Assignment]:
    return list(person.assignments.select_related("trial").order_by("position"))


def expected(version: StudyVersion, person: Participant) -> list[str]:
    ordinary = 10 if version.definition["allocation"]["design"] == "blocks" else 8
    return lay_out(PageCounts(ordinary, practice=2, attention=2, repeats=2, gap=GAP), seed=person.seed)


def test_every_page_is_of_the_kind_the_layout_says(checked: StudyVersion) -> None:
    for seed in (3, 4):
        person = worker(checked, seed=seed)
        assert answer_all(person) == pages_of(checked) == len(expected(checked, person))
        assert [page.trial.check_kind for page in pages(person)] == expected(checked, person)
        assert [page.trial.key for page in pages(person)[:2]] == ["p0", "p1"]
        assert not has_work(person)
        assert finish(participant=person).completion_code == "DONE-1"


def test_repeats_ask_again_what_was_answered_before(checked: StudyVersion) -> None:
    for seed in range(5):
        person = worker(checked, kind=ParticipantKind.SIMULATED, seed=seed)
        answer_all(person)
        place = {page.trial.key: page.position for page in pages(person)}
        repeats = [page for page in pages(person) if page.trial.check_kind == Check.REPEAT]
        assert len({page.trial_id for page in repeats}) == 2
        for page in repeats:
            assert page.position - place[page.trial.attributes["of"]] >= GAP


def test_checks_count_nowhere(checked: StudyVersion) -> None:
    person = worker(checked)
    answer_all(person)
    assert not person.assignments.exclude(trial__check_kind="").filter(counts=True).exists()
    assert not person.assignments.filter(trial__check_kind="", counts=False).exists()
    assert not checked.trials.exclude(check_kind="").filter(taken__gt=0).exists()
    by = set(person.assignments.exclude(trial__check_kind="").values_list("chosen_by", flat=True))
    assert by == {ChosenBy.CHECK}


def test_a_check_that_expired_comes_again_and_is_never_passed_over(checked: StudyVersion) -> None:
    person, expired = worker(checked, seed=3), set()
    while page := next_assignment(participant=person):
        if page.trial.check_kind and page.pk not in expired:
            expired.add(page.pk)
            person.assignments.filter(state=AssignmentState.RESERVED).update(expires_at=timezone.now())
            assert release_expired(version=checked) >= 1
            continue
        answer(person, page)
    assert len(expired) == 6
    assert [page.trial.check_kind for page in pages(person)] == expected(checked, person)
    assert {page.state for page in pages(person)} == {AssignmentState.ANSWERED}
    assert checked.trials.filter(taken=1).count() == expected(checked, person).count("")


def test_people_draw_their_attention_trials_from_all_there_are(checked: StudyVersion) -> None:
    people = [worker(checked, kind=ParticipantKind.SIMULATED, seed=seed) for seed in range(8)]
    for person in people:
        answer_all(person)
    given = Assignment.objects.filter(trial__check_kind=Check.ATTENTION)
    assert set(given.values_list("trial__key", flat=True)) == {"a0", "a1", "a2"}
    assert given.count() == 2 * len(people)


def test_who_finds_no_trial_left_is_given_no_practice(checked: StudyVersion) -> None:
    checked.trials.filter(check_kind="").update(taken=3)
    person = worker_despite_full(checked)
    with pytest.raises(StudyFullError):
        next_assignment(participant=person)
    assert not has_work(person)
    assert not person.assignments.exists()


def worker_despite_full(version: StudyVersion) -> Participant:
    """Someone who came while there was room."""
    version.trials.filter(key="t0").update(taken=2)
    person = worker(version)
    version.trials.filter(key="t0").update(taken=3)
    return person


def test_a_late_answer_to_a_check_counts_nowhere(checked: StudyVersion) -> None:
    person = worker(checked)
    page = next_assignment(participant=person)
    assert page is not None
    assert page.trial.check_kind == Check.PRACTICE
    person.assignments.update(expires_at=timezone.now() - timedelta(seconds=1))
    release_expired(version=checked)
    assert answer(person, page).response.pk
    page.refresh_from_db()
    assert (page.state, page.counts) == (AssignmentState.ANSWERED, False)
    assert page.trial.taken == 0
