"""Whatever listeners do in whatever order: nothing is overdrawn, nothing is lost, nobody gets a trial twice."""

import random
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from annotations.enums import AssignmentState, Check, ParticipantKind, Stage
from annotations.errors import AnsweredAlreadyError, StudyFullError
from annotations.models import Assignment, Judgement, Participant, Response, StudyVersion, Trial
from annotations.services.allocation import has_work, next_assignment, release_expired
from annotations.services.participation import finish
from annotations.services.recount import count_ratings, reopen_ratings
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import add_check, answer, worker

WHO = st.integers(0, 5)
DESIGNS = ["least_filled", "blocks", "latin", "adaptive"]


class Listeners(RuleBasedStateMachine):
    """Joins, reservations, expiries, answers, repeated and late answers, exclusions, in any order."""

    version: StudyVersion
    together: bool
    """Whether the trials of a block must always have the same number of ratings."""

    def __init__(self) -> None:
        super().__init__()
        self.people: list[Participant] = []
        self.acknowledged: dict[int, int] = {}

    def someone(self, who: int) -> Participant:
        return Participant.objects.get(pk=self.people[who % len(self.people)].pk)

    @initialize(seed=st.integers(0, 99))
    def begin(self, seed: int) -> None:
        for more in range(3):
            self.join(kind=ParticipantKind.PERSON, seed=seed + more)

    @rule(kind=st.sampled_from([ParticipantKind.PERSON, ParticipantKind.SIMULATED]), seed=st.integers(0, 99))
    def join(self, kind: str, seed: int) -> None:
        try:
            self.people.append(worker(self.version, kind=kind, seed=seed))
        except StudyFullError:
            assert not Trial.objects.filter(check_kind=Check.NONE, taken=0).exists()

    @rule(who=WHO, n_pages=st.integers(0, 2), twice=st.booleans(), then=st.sampled_from(["stay", "leave", "be late"]))
    def work(self, who: int, n_pages: int, twice: bool, then: str) -> None:
        """Look at a page, answer it and so on; stay at the last one, leave it, or answer it too late."""
        person = self.someone(who)
        if person.stage != Stage.WORKING:
            return
        while page := next_assignment(participant=person):
            assert has_work(person)
            assert page.expires_at > timezone.now()
            assert next_assignment(participant=person) == page
            if not n_pages:
                if then != "stay":
                    self.stay_away(person, then_answer=then == "be late")
                return
            self.give_answer(page, twice=twice)
            n_pages -= 1
        finish(participant=person)

    def give_answer(self, page: Assignment, *, twice: bool) -> None:
        key = UUID(int=random.getrandbits(128), version=4)
        self.acknowledged[page.pk] = answer(page.participant, page, idempotency_key=key).response.pk
        if twice:
            assert answer(page.participant, page, idempotency_key=key).replayed
            with pytest.raises(AnsweredAlreadyError):
                answer(page.participant, page)

    def stay_away(self, person: Participant, *, then_answer: bool) -> None:
        """Leave until others get the trials, and perhaps send what was answered meanwhile."""
        pages = person.assignments.filter(state=AssignmentState.RESERVED).order_by("position")
        held = list(pages.select_related("participant"))
        pages.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert release_expired(version=self.version) == len(held)
        assert release_expired(version=self.version) == 0
        if then_answer:
            self.give_answer(held[0], twice=True)

    @rule(who=WHO, excluded=st.booleans())
    def exclude(self, who: int, excluded: bool) -> None:
        Participant.objects.filter(pk=self.someone(who).pk).update(excluded=excluded)
        reopen_ratings(study=self.version.study)
        count_ratings(study=self.version.study)

    @invariant()
    def taken_is_what_is_held_and_counted(self) -> None:
        counted = Counter(Assignment.objects.filter(counts=True).values_list("trial_id", flat=True))
        for trial in Trial.objects.filter(version=self.version):
            assert trial.taken == counted[trial.pk] <= trial.planned

    @invariant()
    def only_people_count_and_only_in_trials(self) -> None:
        counted = Assignment.objects.filter(counts=True)
        assert not counted.exclude(participant__kind=ParticipantKind.PERSON).exists()
        assert not counted.exclude(trial__check_kind=Check.NONE).exists()
        assert not counted.filter(state=AssignmentState.EXPIRED).exists()

    @invariant()
    def what_was_acknowledged_is_stored_once(self) -> None:
        assert dict(Response.objects.values_list("assignment_id", "pk")) == self.acknowledged
        assert Judgement.objects.count() == 4 * len(self.acknowledged)
        answered = Assignment.objects.filter(state=AssignmentState.ANSWERED)
        assert set(answered.values_list("pk", flat=True)) == set(self.acknowledged)

    @invariant()
    def blocks_stay_even(self) -> None:
        if self.together:
            trials = Trial.objects.filter(version=self.version, check_kind=Check.NONE)
            assert len(set(trials.values_list("block", "taken"))) == len(set(trials.values_list("block", flat=True)))


@pytest.mark.parametrize("design", DESIGNS)
def test_nothing_is_overdrawn_or_lost_whatever_happens(make_study: MakeStudy, design: str) -> None:
    version = make_study(n_trials=6, planned=2, trials_per_participant=3, design=design)
    for at in range(2):
        version.trials.filter(position__in=range(3 * at, 3 * at + 3)).update(block=f"b{at}")
    version.trials.filter(position=5).update(priority=1)
    version.definition["checks"] = {"attention": 1, "repeats": 0}
    version.save()
    add_check(version, Check.ATTENTION, "listen")

    class OnThisStudy(Listeners):
        def __init__(self) -> None:
            super().__init__()
            self.version, self.together = version, design == "blocks"
            self.savepoint = transaction.savepoint()

        def teardown(self) -> None:
            transaction.savepoint_rollback(self.savepoint)

    suppressed = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        OnThisStudy,
        settings=settings(
            max_examples=10, stateful_step_count=20, deadline=None, database=None, suppress_health_check=suppressed
        ),
    )
