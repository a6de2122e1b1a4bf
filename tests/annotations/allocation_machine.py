"""Participants of a study who do anything in any order, for hypothesis to find the order that breaks a promise."""

import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from annotations.enums import AssignmentState, Check, ParticipantKind, Stage, StudyState
from annotations.errors import (
    AnsweredAlreadyError,
    KeyReusedError,
    StudyFullError,
    StudyNotOpenError,
    UnknownAssignmentError,
    UnknownParticipantError,
    WrongStageError,
)
from annotations.models import Assignment, Participant, StudyVersion, Trial
from annotations.services.allocation import has_work, next_assignment, release_expired
from annotations.services.erasure import erase_participant, withdraw
from annotations.services.exclusion import exclude_participant, include_participant
from annotations.services.exclusion_rules import apply_exclusion_rules
from annotations.services.participation import finish
from annotations.services.states import set_state
from tests.annotations import allocation_promises as promises
from tests.annotations.allocation_promises import Moment, is_counted
from tests.annotations.listening import ANSWERS, answer, answer_and_look, worker

WHO = st.integers(0, 5)
SEED = st.integers(0, 99)
KINDS = st.sampled_from([ParticipantKind.PERSON, ParticipantKind.PERSON, ParticipantKind.SIMULATED])
OTHERS = st.sampled_from([0, 0, 1, 4, 4])
ACTIONS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "join": {"kind": KINDS, "seed": SEED},
    "work": {
        "who": WHO,
        "n_pages": st.integers(0, 3),
        "twice": st.booleans(),
        "paused": st.sampled_from([False, False, True]),
    },
    "stay_away": {
        "who": WHO,
        "n_pages": st.integers(0, 1),
        "noticed": st.booleans(),
        "others": OTHERS,
        "then": st.sampled_from(["stay away", "send", "send", "go on"]),
    },
    "send_late": {"which": WHO},
    "exclude": {"who": WHO, "excluded": st.booleans(), "others": OTHERS},
    "leave": {"who": WHO, "altogether": st.booleans()},
}
OFTEN = ["work"] * 4 + ["stay_away"] * 4 + ["join"] * 2 + ["exclude"] * 3 + ["send_late", "leave"]
HAPPENING = st.sampled_from(OFTEN).flatmap(lambda name: st.tuples(st.just(name), st.fixed_dictionaries(ACTIONS[name])))
PAST = datetime(2000, 1, 1, tzinfo=UTC)
OTHER_ANSWERS = ANSWERS | {"similar": 1}


class Listeners(RuleBasedStateMachine):
    """Joins, reservations, expiries, answers in time, late and repeated, exclusions, withdrawals, pauses.

    A subclass sets `version` and takes everything back in `teardown`.
    """

    version: StudyVersion

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.people: list[int] = []
        self.acknowledged: dict[int, int] = {}
        self.everyone_stayed = True

    def teardown(self) -> None:
        """See that the study can be brought to its end from here, then take everything back."""
        try:
            if sys.exc_info()[0] is None:
                self.come_to_an_end()
        finally:
            transaction.savepoint_rollback(self.savepoint)

    def someone(self, who: int) -> Participant:
        """Return a participant as the next request would find them."""
        people = Participant.objects.select_related("version__study")
        return people.get(pk=self.people[who % len(self.people)])

    def someone_at_work(self, who: int) -> Participant:
        """Return a participant who is not done yet, a newcomer if all are; of a full study, anybody."""
        at_work = Participant.objects.filter(pk__in=self.people, stage=Stage.WORKING).order_by("pk")
        if not at_work.exists():
            self.join(kind=ParticipantKind.PERSON, seed=who)
        chosen = list(at_work.select_related("version__study"))
        return chosen[who % len(chosen)] if chosen else self.someone(who)

    # What participants do.

    @initialize(
        checks=st.sampled_from([(0, 0, 0), (1, 0, 0), (0, 1, 1)]),
        share=st.sampled_from([0.0, 0.4]),
        seed=st.integers(0, 99),
    )
    def begin(self, checks: tuple[int, int, int], share: float, seed: int) -> None:
        practice, attention, repeats = checks
        definition = self.version.definition
        definition["practice"] = practice
        definition["checks"] = {"attention": attention, "repeats": repeats, "repeat_after": 1}
        definition["allocation"]["random_share"] = share
        self.version.save()
        for more in range(2):
            self.join(kind=ParticipantKind.PERSON, seed=seed + more)

    @rule(what=HAPPENING)
    def something_happens(self, what: tuple[str, dict[str, Any]]) -> None:
        """One rule for all: hypothesis leaves out half of the rules of a machine, and often those that matter."""
        name, arguments = what
        getattr(self, name)(**arguments)

    def join(self, kind: str, seed: int) -> None:
        try:
            self.people.append(worker(self.version, kind=kind, seed=seed).pk)
        except StudyFullError:
            assert not Trial.objects.filter(check_kind=Check.NONE, taken=0).exists()

    def others_come(self, how_many: int, seed: int) -> None:
        """Others come and answer everything that they are given; four can fill the study."""
        for more in range(how_many):
            n_people = len(self.people)
            self.join(kind=ParticipantKind.PERSON, seed=seed + more)
            if len(self.people) > n_people:
                self.answer_all(self.people[-1])

    def answer_all(self, pk: int) -> None:
        person = Participant.objects.select_related("version__study").get(pk=pk)
        try:
            while page := next_assignment(participant=person):
                self.acknowledged[page.pk] = answer(person, page).response.pk
        except StudyFullError:
            assert not person.assignments.exists()
        else:
            finish(participant=person)

    def work(self, who: int, n_pages: int, twice: bool, paused: bool) -> None:
        """Answer some pages, perhaps after a pause of the study that came in between, and look at one more."""
        self.work_on(self.someone_at_work(who), n_pages, twice=twice, paused=paused)

    def work_on(self, person: Participant, n_pages: int, *, twice: bool, paused: bool = False) -> None:
        for _ in range(n_pages):
            page = self.look(person)
            if page is None:
                return
            if paused:
                self.pause(page)
            self.send(page, twice=twice)
        self.look(person)

    def look(self, person: Participant) -> Assignment | None:
        """Open the trial page as the browser does; whoever has nothing left is done."""
        if person.stage != Stage.WORKING:
            with pytest.raises(WrongStageError):
                next_assignment(participant=person)
            return None
        release_expired(version=person.version, keep=person)
        known = set(Assignment.objects.values_list("pk", flat=True))
        if not has_work(person):
            self.be_done(person)
            return None
        page = next_assignment(participant=person)
        assert page is not None, "has_work promised a page"
        assert page.expires_at > timezone.now()
        assert next_assignment(participant=person) == page
        with pytest.raises(WrongStageError):
            finish(participant=person)
        now = Moment(self.version)
        for new in (one for one in now.pages if one.pk not in known):
            assert new.participant_id == person.pk
            promises.hold_of_new_page(now, new)
        return page

    def be_done(self, person: Participant) -> None:
        """Find nothing more to do: the study filled up before the first page or while one was away, or all is done."""
        had = set(person.assignments.values_list("state", flat=True))
        left_behind, too_late = person.kind == ParticipantKind.PERSON and AssignmentState.EXPIRED in had, not had
        ends: list[type[Exception]] = [WrongStageError] * left_behind + [StudyFullError] * too_late
        try:
            assert next_assignment(participant=person) is None, "has_work promised no page"
        except tuple(ends):
            self.everyone_stayed = self.everyone_stayed and too_late
        else:
            finish(participant=person)
            promises.hold_of_who_is_done(Moment(self.version), person)
        person.refresh_from_db(fields=["stage"])
        assert person.stage in (Stage.DONE, *[Stage.TIMED_OUT] * left_behind, *[Stage.WORKING] * too_late)

    def send(self, page: Assignment, *, twice: bool) -> None:
        """Send an answer, in time or not; it is taken always, and counts if it may and there is room."""
        page = Assignment.objects.select_related("participant", "trial").get(pk=page.pk)
        person, trial = page.participant, page.trial
        in_blocks = self.version.definition["allocation"]["design"] == "blocks"
        has_room = trial.taken < trial.planned and not in_blocks
        # Ratings of who timed out were given to others.
        may_count = is_counted(person) and person.stage != Stage.TIMED_OUT and not trial.check_kind
        counts = page.counts or (may_count and has_room)
        key = UUID(int=random.getrandbits(128), version=4)
        if key.int % 2:
            self.acknowledged[page.pk] = answer(person, page, idempotency_key=key).response.pk
        else:
            self.go_on(person, page, key)
            # Who goes on with a block that was given back takes all of it again, with this answer, if it has room.
            counts = counts or (in_blocks and may_count and Assignment.objects.get(pk=page.pk).counts)
        page.refresh_from_db()
        assert page.counts == counts, f"{trial.taken} of {trial.planned} taken, and the answer counts: {page.counts}"
        if twice:
            assert answer(person, page, idempotency_key=key).replayed
            with pytest.raises(AnsweredAlreadyError):
                answer(person, page)
            with pytest.raises(KeyReusedError):
                answer(person, page, idempotency_key=key, answers=OTHER_ANSWERS)

    def go_on(self, person: Participant, page: Assignment, key: UUID) -> None:
        """Send an answer as the browser does, and get the next page with the reply."""
        given = set(person.assignments.values_list("pk", flat=True))
        went_on = answer_and_look(person, page, idempotency_key=key)
        if went_on.page is not None:
            assert went_on.page.state == AssignmentState.RESERVED
            assert went_on.page.expires_at > timezone.now()
            assert went_on.page.pk != page.pk
            assert next_assignment(participant=person) == went_on.page
        else:
            # Nothing new was given, and what was counted for the answer is all that was.
            assert set(person.assignments.values_list("pk", flat=True)) == given
        self.acknowledged[page.pk] = went_on.recorded.response.pk

    def pause(self, page: Assignment) -> None:
        """While the study is paused it takes no person and no answer, and gives no page."""
        set_state(study_slug=self.version.study.slug, state=StudyState.PAUSED)
        person = Participant.objects.select_related("version__study").get(pk=page.participant_id)
        if person.kind == ParticipantKind.PERSON:
            asks: list[Callable[[], object]] = [lambda: worker(self.version), lambda: answer(person, page)]
            asks.append(lambda: next_assignment(participant=person))
            for ask in asks:
                with pytest.raises(StudyNotOpenError):
                    ask()
        set_state(study_slug=self.version.study.slug, state=StudyState.LIVE)

    def stay_away(self, who: int, n_pages: int, noticed: bool, others: int, then: str) -> None:
        """Let the time of a page run out, `noticed` at once or when others ask for pages, and perhaps come back."""
        person = self.someone_at_work(who)
        self.work_on(person, n_pages, twice=False)
        held = list(person.assignments.filter(state=AssignmentState.RESERVED).order_by("position"))
        person.assignments.filter(state=AssignmentState.RESERVED).update(expires_at=PAST)
        self.everyone_stayed = self.everyone_stayed and not held
        if noticed:
            release_expired(version=self.version)
            assert not Assignment.objects.filter(state="reserved", expires_at__lte=timezone.now()).exists()
            assert release_expired(version=self.version) == 0
        if others:
            self.others_come(how_many=others, seed=who)
        if held and then == "send":
            self.send(held[0], twice=True)
        if then == "go on":
            person.refresh_from_db()
            self.look(person)

    def send_late(self, which: int) -> None:
        """Somebody sends what was answered on a page whose time is over, whenever that was."""
        pages = Assignment.objects.filter(participant__in=self.people, expires_at__lte=timezone.now())
        late = list(pages.exclude(state=AssignmentState.ANSWERED).order_by("pk"))
        if late:
            self.send(late[which % len(late)], twice=False)

    # What researchers do.

    def exclude(self, who: int, excluded: bool, others: int) -> None:
        chosen = Participant.objects.filter(pk__in=self.people, excluded=not excluded)
        # Those who answered something come first.
        answered = Count("assignments", filter=Q(assignments__state=AssignmentState.ANSWERED))
        people = list(chosen.annotate(answered=answered).order_by("-answered", "pk"))
        if not people:
            return
        person = people[who % min(len(people), 3)]
        if excluded:
            exclude_participant(participant=person, reason="a reason")
            self.everyone_stayed = False
        else:
            include_participant(participant=person)
        self.apply_exclusions()
        if others:
            self.others_come(how_many=others, seed=who)
            self.apply_exclusions()

    def apply_exclusions(self) -> None:
        apply_exclusion_rules(study_slug=self.version.study.slug)
        again = apply_exclusion_rules(study_slug=self.version.study.slug)
        assert (again.reopened, again.counted) == (0, 0)
        self.nobody_waits_for_room()

    def nobody_waits_for_room(self) -> None:
        """No answer of who counts is left out while its trial has room (of blocks, only whole ones may count).

        What those answered who timed out was given to others.
        """
        if self.version.definition["allocation"]["design"] == "blocks":
            return
        now = Moment(self.version)
        out = [page for page in now.pages if page.state == AssignmentState.ANSWERED and not page.counts]
        out = [page for page in out if page.participant.stage != Stage.TIMED_OUT]
        out = [page for page in out if is_counted(page.participant) and not now.trial(page).check_kind]
        assert all(now.trial(page).taken == now.trial(page).planned for page in out)

    def leave(self, who: int, altogether: bool) -> None:
        """Withdraw, or be erased: what was answered goes, and cannot be sent again."""
        if len(self.people) == 1:
            return
        person = self.someone(who)
        self.everyone_stayed = False
        pages = list(person.assignments.all())
        if altogether:
            erase_participant(participant=person)
        else:
            withdraw(participant=person)
            withdraw(participant=person)
        self.people.remove(person.pk)
        for page in pages:
            self.acknowledged.pop(page.pk, None)
            with pytest.raises(UnknownParticipantError if altogether else UnknownAssignmentError):
                answer(person, page)

    # What must hold.

    @invariant()
    def promises_are_kept(self) -> None:
        promises.hold_always(Moment(self.version), self.acknowledged, everyone_stayed=self.everyone_stayed)

    def come_to_an_end(self) -> None:
        """Everyone who is still there leaves, and newcomers come until the study is full."""
        held = Assignment.objects.filter(state=AssignmentState.RESERVED)
        held.update(expires_at=PAST)
        self.everyone_stayed = False
        n_people = -1
        while len(self.people) > n_people:
            n_people = len(self.people)
            self.others_come(how_many=1, seed=1000 + n_people)
        self.promises_are_kept()
        promises.hold_at_the_end(Moment(self.version))
