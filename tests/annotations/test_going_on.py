"""An answer and the page that follows it, stored together."""

from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from annotations.enums import AssignmentState, ParticipantKind, Stage
from annotations.models import Assignment, Participant, Response, StudyVersion, Trial
from annotations.services import going_on
from annotations.services.allocation import next_assignment
from annotations.services.allocation.room import drawn_of, least_filled
from annotations.services.allocation.take_least import take_least_filled
from annotations.services.erasure import withdraw
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import answer, answer_all, answer_and_look, worker


def first_page(person: Participant) -> Assignment:
    page = next_assignment(participant=person)
    assert page is not None
    return page


@pytest.mark.parametrize("kind", [ParticipantKind.PERSON, ParticipantKind.SIMULATED])
def test_the_page_that_comes_with_the_reply_is_the_one_that_would_be_looked_for(
    make_study: MakeStudy, kind: str
) -> None:
    version = make_study(n_trials=6, planned=20, trials_per_participant=6)
    person = worker(version, kind=kind, seed=7)
    page: Assignment | None = first_page(person)
    seen = []
    while page is not None:
        seen.append(page.trial_id)
        went_on = answer_and_look(person, page)
        assert Response.objects.filter(assignment=page).exists()
        page = went_on.page
        assert page is None or next_assignment(participant=person) == page
    assert len(set(seen)) == 6
    assert next_assignment(participant=person) is None


def test_what_breaks_the_next_page_does_not_take_the_answer_along(
    make_study: MakeStudy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    version = make_study(n_trials=6, planned=20, trials_per_participant=6)
    person = worker(version, seed=7)
    page = first_page(person)

    def broken(**_: Any) -> None:
        Trial.objects.update(taken=3)  # what it did on the way is undone
        raise RuntimeError("broken")

    monkeypatch.setattr(going_on, "page_after_answer", broken)
    went_on = answer_and_look(person, page)
    assert went_on.page is None
    assert Response.objects.get(assignment=page) == went_on.recorded.response
    assert sorted(Trial.objects.values_list("taken", flat=True)) == [0, 0, 0, 0, 0, 1]
    assert "could not be held" in caplog.text


def test_sent_again_it_brings_the_page_that_is_held(make_study: MakeStudy) -> None:
    version = make_study(n_trials=6, planned=20, trials_per_participant=6)
    person = worker(version, seed=7)
    page = first_page(person)
    first = answer_and_look(person, page)
    again = answer_and_look(person, page, idempotency_key=first.recorded.response.idempotency_key)
    assert again.recorded.replayed
    assert again.recorded.response == first.recorded.response
    assert again.page == first.page
    assert Assignment.objects.filter(participant=person).count() == 2


def test_a_late_answer_that_finds_room_brings_no_page(make_study: MakeStudy) -> None:
    version = make_study(n_trials=6, planned=20, trials_per_participant=6)
    person = worker(version, seed=7)
    page = first_page(person)
    Assignment.objects.update(state=AssignmentState.EXPIRED, counts=False)
    Trial.objects.update(taken=0)
    went_on = answer_and_look(person, page)
    assert went_on.recorded.came_late
    assert went_on.page is None, "two trials are not locked in one transaction"
    page.refresh_from_db()
    assert page.counts
    assert Trial.objects.get(pk=page.trial_id).taken == 1


def test_who_has_left_gets_no_page(make_study: MakeStudy) -> None:
    version = make_study(n_trials=6, planned=20, trials_per_participant=6)
    person = worker(version, seed=7)
    page = first_page(person)
    Participant.objects.filter(pk=person.pk).update(stage=Stage.TIMED_OUT)
    assert answer_and_look(person, page).page is None


def test_one_statement_takes_what_four_would_take(make_study: MakeStudy) -> None:
    version = make_study(n_trials=12, planned=5, trials_per_participant=9)
    for seed in range(4):
        answer_all(worker(version, seed=seed))
    withdraw(participant=worker(version, seed=4))
    rng = np.random.default_rng(1)
    for draw in [0.0, 1 - 2**-53, *rng.random(40)]:
        person = somebody(version)
        tied, seen = least_filled(person)
        if not tied:
            break
        taken = take_least_filled(person, draw)
        assert taken is not None
        assert taken.trial_id == drawn_of(tied, draw)
        assert Trial.objects.get(pk=taken.trial_id).taken == seen + 1
        pages = Assignment.objects.filter(trial=taken.trial_id, participant__kind=person.kind)
        assert sorted(taken.shown) == sorted(pages.values_list("presented", flat=True))
    assert not Trial.objects.filter(taken__lt=5).exists(), "all were taken, none beyond what is planned"
    assert take_least_filled(somebody(version), 0.5) is None


def somebody(version: StudyVersion) -> Participant:
    """A participant, although the study may be full."""
    return Participant.objects.create(version=version, seed=1, stage=Stage.WORKING, consented_at=timezone.now())


def test_no_trial_that_the_person_knows_is_taken(make_study: MakeStudy) -> None:
    version = make_study(n_trials=3, planned=50, trials_per_participant=3)
    person = worker(version, seed=3)
    answer(person, first_page(person))
    known = Assignment.objects.get(participant=person).trial_id
    Trial.objects.exclude(pk=known).update(taken=9)
    taken = {take_least_filled(person, draw).trial_id for draw in (0.1, 0.6) if take_least_filled(person, draw)}
    assert known not in taken
