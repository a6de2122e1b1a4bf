"""What is fetched ahead is what comes next, and asking changes nothing."""

from typing import Any

import pytest

from annotations.enums import Check
from annotations.models import Assignment, Participant, StudyVersion, Trial
from annotations.services.allocation import next_assignment
from annotations.services.allocation.ahead import likely_next
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import add_check, answer, worker

pytestmark = pytest.mark.data_layer


def stored() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Assignment, Participant, Trial)]


def guesses(person: Participant) -> list[tuple[int | None, int]]:
    """What was guessed for each page from the second on, and what came."""
    seen: list[tuple[int | None, int]] = []
    guess: int | None = None
    while page := next_assignment(participant=person):
        if page.position:
            seen.append((guess, page.trial_id))
        person.refresh_from_db()
        before = stored()
        guess = likely_next(person)
        assert stored() == before
        answer(person, page)
    assert guess is None, "after the last page there is nothing to fetch"
    return seen


@pytest.fixture
def checked(make_study: MakeStudy, design: str) -> StudyVersion:
    version = make_study(n_trials=8, design=design, trials_per_participant=8)
    version.trials.update(block="b0")
    version.definition |= {"practice": 1, "checks": {"attention": 1, "repeats": 1, "repeat_after": 2}}
    version.save()
    add_check(version, Check.PRACTICE, "p0")
    add_check(version, Check.ATTENTION, "a0")
    for at in range(8):
        add_check(version, Check.REPEAT, f"t{at}~repeat", of=f"t{at}")
    Trial.objects.filter(check_kind=Check.NONE, position__gte=4).update(priority=2.0)
    return version


@pytest.mark.parametrize("design", ["least_filled", "blocks", "latin", "adaptive"])
def test_alone_every_guess_is_right(checked: StudyVersion) -> None:
    for seed in (1, 2):
        seen = guesses(worker(checked, seed=seed))
        assert len(seen) == 10
        assert [guess for guess, _ in seen if guess is not None] == [came for guess, came in seen if guess is not None]
        assert len([guess for guess, _ in seen if guess is None]) <= 1, "only a person's row is not known at first"


def test_before_the_first_page_the_first_is_guessed(make_study: MakeStudy) -> None:
    person = worker(make_study(), seed=4)
    guess = likely_next(person)
    page = next_assignment(participant=person)
    assert page is not None
    assert guess == page.trial_id


def test_what_expired_comes_first_again(make_study: MakeStudy) -> None:
    person = worker(make_study(), seed=4)
    page = next_assignment(participant=person)
    assert page is not None
    Assignment.objects.update(state="expired", counts=False)
    Trial.objects.update(taken=0)
    assert likely_next(person) == page.trial_id
