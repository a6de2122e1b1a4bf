"""Rules of exclusion on stored answers: flags with reasons, back again, ratings reopened."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.enums import AssignmentState, Check, ParticipantKind, Stage
from annotations.errors import StudyError
from annotations.models import Assignment, Participant, Response, StudyVersion, Trial
from annotations.services.allocation import next_assignment
from annotations.services.exclusion import exclude_participant, include_participant
from annotations.services.exclusion_rules import apply_exclusion_rules, apply_rules_to
from annotations.services.participation import finish
from tests.annotations.conftest import MakeStudy
from tests.annotations.listening import ANSWERS, answer, answer_all, worker

pytestmark = pytest.mark.data_layer

QUICK = {"rule": "median_rt_below_ms", "value": 1500}
SAME = {"rule": "same_answer_share_above", "value": 0.9}
TOO_SOON = {"rule": "implausible_share_above", "value": 0.2}
ATTENTION = {"rule": "attention_failed", "more_than": 0}


def with_rules(version: StudyVersion, *rules: dict[str, Any]) -> StudyVersion:
    version.definition = version.definition | {"exclude": list(rules)}
    version.save(update_fields=["definition"])
    return version


def listener(
    version: StudyVersion, *, rt_ms: float = 2500.0, kind: str = ParticipantKind.PERSON, judged: bool = False
) -> Participant:
    """Someone who has answered every page, differently each time; not `judged` at the end, as if rules came later."""
    person = worker(version, kind=kind)
    at = 0
    while page := next_assignment(participant=person):
        answer(
            person, page, rt_ms=rt_ms, answers={"suitability": [1 + at % 5, 3, 2], "similar": page.presented[at % 3]}
        )
        at += 1
    rules = version.definition["exclude"]
    with_rules(version, *(rules if judged else ()))
    finished = finish(participant=person)
    with_rules(version, *rules)
    return finished


def give_attention(person: Participant, **answers: Any) -> None:
    """Give an attention trial, as allocation will once it does, and answer it."""
    trial = Trial.objects.get(version=person.version, check_kind=Check.ATTENTION)
    page = Assignment.objects.create(
        participant=person,
        trial=trial,
        position=900,
        presented=[0, 1, 2],
        counts=False,
        expires_at=timezone.now() + timedelta(hours=1),
    )
    answer(person, page, answers=ANSWERS | answers)


def flags(version: StudyVersion) -> dict[str, str]:
    people = Participant.objects.filter(version=version).order_by("pk")
    return {one.key: one.exclusion for one in people if one.excluded}


def taken(version: StudyVersion) -> list[int]:
    return list(version.trials.order_by("position").values_list("taken", flat=True))


def test_whoever_is_too_quick_is_excluded_with_the_figure_and_the_ratings_reopen(make_study: MakeStudy) -> None:
    version = with_rules(make_study(n_trials=6, planned=2), QUICK)
    slow, quick = listener(version), listener(version, rt_ms=812.0)
    assert taken(version) == [2] * 6
    applied = apply_exclusion_rules(study_slug="short")
    assert flags(version) == {quick.key: "rule: median response time 812 ms is below 1500 ms"}
    assert (applied.excluded_before, applied.excluded_after, applied.reopened) == (0, 1, 6)
    assert taken(version) == [1] * 6
    assert set(quick.assignments.values_list("state", "counts")) == {(AssignmentState.ANSWERED, False)}
    assert set(slow.assignments.values_list("counts", flat=True)) == {True}
    assert Response.objects.count() == 12
    # Someone else can now be asked.
    assert answer_all(worker(version)) == 6


def test_applying_twice_changes_nothing_the_second_time(make_study: MakeStudy) -> None:
    version = with_rules(make_study(), QUICK)
    listener(version, rt_ms=10.0)
    apply_exclusion_rules(study_slug="short")
    before = list(Participant.objects.values()), list(Assignment.objects.values()), taken(version)
    again = apply_exclusion_rules(study_slug="short")
    assert (again.excluded_before, again.excluded_after, again.reopened, again.counted) == (1, 1, 0, 0)
    assert (list(Participant.objects.values()), list(Assignment.objects.values()), taken(version)) == before


def test_a_dry_run_tells_and_changes_nothing(make_study: MakeStudy) -> None:
    version = with_rules(make_study(), QUICK)
    listener(version, rt_ms=10.0)
    before = list(Participant.objects.values()), list(Assignment.objects.values()), taken(version)
    told = apply_exclusion_rules(study_slug="short", dry_run=True)
    assert (told.excluded_before, told.excluded_after, told.reopened) == (0, 1, 6)
    assert (list(Participant.objects.values()), list(Assignment.objects.values()), taken(version)) == before


def test_included_again_when_no_rule_is_broken_any_more_and_counted_while_there_is_room(
    make_study: MakeStudy,
) -> None:
    version = with_rules(make_study(n_trials=6, planned=1, trials_per_participant=6), QUICK)
    quick = listener(version, rt_ms=10.0)
    apply_exclusion_rules(study_slug="short")
    other = worker(version)
    for _ in range(2):
        page = next_assignment(participant=other)
        assert page is not None
        answer(other, page)
    assert sum(taken(version)) == 2
    with_rules(version)
    back = apply_exclusion_rules(study_slug="short")
    assert flags(version) == {}
    assert back.counted == 4
    assert taken(version) == [1] * 6
    assert quick.assignments.filter(counts=True).count() == 4


def test_what_a_researcher_excluded_stays_as_it_is_and_its_ratings_reopen(make_study: MakeStudy) -> None:
    version = with_rules(make_study(n_trials=6), QUICK)
    fine, quick = listener(version), listener(version, rt_ms=10.0)
    exclude_participant(participant=fine, reason="said they were deaf")
    exclude_participant(participant=quick, reason="wrote to us")
    applied = apply_exclusion_rules(study_slug="short")
    assert flags(version) == {fine.key: "said they were deaf", quick.key: "wrote to us"}
    assert [verdict.by_hand for verdict in applied.verdicts] == [True, True]
    assert taken(version) == [0] * 6
    include_participant(participant=fine)
    assert taken(version) == [1] * 6
    assert apply_exclusion_rules(study_slug="short").counted == 0


def test_whom_a_researcher_included_again_no_rule_excludes(make_study: MakeStudy) -> None:
    version = with_rules(make_study(n_trials=6), QUICK)
    quick = listener(version, rt_ms=10.0, judged=True)
    assert flags(version) != {}
    include_participant(participant=quick)
    assert taken(version) == [1] * 6
    applied = apply_exclusion_rules(study_slug="short")
    assert (flags(version), applied.reopened, taken(version)) == ({}, 0, [1] * 6)
    assert [(verdict.exempt, verdict.excluded, len(verdict.reasons)) for verdict in applied.verdicts] == [
        (True, False, 1)
    ]
    # Excluded by hand, the exemption ends: a later inclusion is one of an exclusion by hand.
    exclude_participant(participant=quick, reason="wrote to us")
    include_participant(participant=quick)
    apply_exclusion_rules(study_slug="short")
    assert list(flags(version)) == [quick.key]


def test_the_rules_are_applied_when_someone_finishes(make_study: MakeStudy) -> None:
    version = with_rules(make_study(n_trials=6), QUICK)
    fine, quick = listener(version, judged=True), listener(version, rt_ms=10.0, judged=True)
    assert (fine.excluded, quick.excluded) == (False, True)
    assert (quick.stage, quick.completion_code) == (Stage.DONE, "DONE-1")
    assert taken(version) == [1] * 6
    pilot = listener(version, rt_ms=10.0, kind=ParticipantKind.PILOT, judged=True)
    assert not pilot.excluded


def test_whoever_failed_attention_trials_gets_the_code_for_that(make_study: MakeStudy) -> None:
    codes = {"completed": "DONE-1", "failed_attention": "ATT-1"}
    version = with_rules(make_study(n_trials=7, codes=codes), ATTENTION)
    key = {"suitability": [3, 3, 3], "similar": 1}
    Trial.objects.filter(version=version, position=0).update(check_kind=Check.ATTENTION, answers=key, planned=0)

    def finished(kind: str, **answers: Any) -> Participant:
        person = worker(version, kind=kind)
        give_attention(person, **answers)
        answer_all(person)
        return finish(participant=person)

    right, wrong = finished(ParticipantKind.PERSON, **key), finished(ParticipantKind.PERSON)
    assert (right.completion_code, wrong.completion_code) == ("DONE-1", "ATT-1")
    assert (right.excluded, wrong.excluded) == (False, True)
    pilot = finished(ParticipantKind.PILOT)
    assert (pilot.completion_code, pilot.excluded) == ("ATT-1", False)
    with_rules(version, ATTENTION).definition["recruitment"]["codes"]["failed_attention"] = ""
    version.save(update_fields=["definition"])
    assert finished(ParticipantKind.PERSON).completion_code == "DONE-1"


def test_a_reason_follows_its_figure(make_study: MakeStudy) -> None:
    version = with_rules(make_study(), QUICK)
    listener(version, rt_ms=10.0)
    apply_exclusion_rules(study_slug="short")
    with_rules(version, QUICK | {"value": 20})
    apply_exclusion_rules(study_slug="short")
    assert list(flags(version).values()) == ["rule: median response time 10 ms is below 20 ms"]


def test_always_the_same_place_on_the_screen_is_the_same_answer(make_study: MakeStudy) -> None:
    version = with_rules(make_study(), SAME)
    person = worker(version)
    at = 0
    while page := next_assignment(participant=person):
        answer(person, page, answers={"suitability": [1 + at % 5, 3, 2], "similar": page.presented[0]})
        at += 1
    finish(participant=person)
    listener(version)
    apply_exclusion_rules(study_slug="short")
    said = "rule: the same answer to contextual.similar in 6 of 6 trials, more than 90 %"
    assert flags(version) == {person.key: said}


def test_attention_trials_are_held_against_their_key(make_study: MakeStudy) -> None:
    version = with_rules(make_study(n_trials=7), ATTENTION)
    key = {"suitability": [3, 3, 3], "similar": 1}
    Trial.objects.filter(version=version, position=0).update(check_kind=Check.ATTENTION, answers=key, planned=0)
    right, wrong, unseen = listener(version), listener(version), listener(version)
    give_attention(right, **key)
    give_attention(wrong, **key | {"similar": 0})
    apply_exclusion_rules(study_slug="short")
    assert flags(version) == {wrong.key: "rule: failed 1 of 1 attention trials, more than 0"}
    assert not Participant.objects.get(pk=unseen.pk).excluded


def test_checks_are_no_evidence_of_haste_or_sameness(make_study: MakeStudy) -> None:
    version = with_rules(make_study(n_trials=7), QUICK)
    Trial.objects.filter(version=version, position=0).update(
        check_kind=Check.ATTENTION, answers={"similar": 2}, planned=0
    )
    person = worker(version)
    give_attention(person)
    Response.objects.update(rt_ms=1.0)
    finish_after = next_assignment(participant=person)
    assert finish_after is not None
    answer(person, finish_after)
    assert apply_rules_to(participant=person).reasons == ()


def test_who_is_at_work_is_left_alone_and_who_left_is_judged(make_study: MakeStudy) -> None:
    version = with_rules(make_study(n_trials=6), QUICK)
    person = worker(version)
    page = next_assignment(participant=person)
    assert page is not None
    answer(person, page, rt_ms=10.0)
    # Between two pages, and then at one.
    assert apply_exclusion_rules(study_slug="short").verdicts == ()
    assert next_assignment(participant=person) is not None
    assert apply_exclusion_rules(study_slug="short").verdicts == ()
    long_ago = timezone.now() - timedelta(days=1)
    Response.objects.update(answered_at=long_ago)
    person.assignments.update(expires_at=long_ago)
    apply_exclusion_rules(study_slug="short")
    assert list(flags(version)) == [person.key]


def test_someone_who_finishes_can_be_judged_at_once(make_study: MakeStudy) -> None:
    version = with_rules(make_study(n_trials=6), QUICK)
    other = listener(version, rt_ms=10.0)
    person = Participant.objects.get(pk=listener(version, rt_ms=20.0).pk)
    assert apply_rules_to(participant=person).reasons == ("median response time 20 ms is below 1500 ms",)
    assert list(flags(version)) == [person.key]
    assert not Participant.objects.get(pk=other.pk).excluded
    assert taken(version) == [1] * 6


def test_simulated_listeners_are_told_of_and_never_flagged(make_study: MakeStudy) -> None:
    version = with_rules(make_study(), QUICK)
    listener(version, rt_ms=10.0, kind=ParticipantKind.SIMULATED)
    assert apply_exclusion_rules(study_slug="short").simulated == ()
    told = apply_exclusion_rules(study_slug="short", simulated=True)
    assert [bool(verdict.reasons) for verdict in told.simulated] == [True]
    assert told.verdicts == ()
    assert flags(version) == {}


def test_imported_people_are_judged_on_what_is_known_of_them(make_study: MakeStudy) -> None:
    version = with_rules(make_study(), QUICK, SAME)
    unknown, quick = listener(version), listener(version)
    Participant.objects.filter(version=version).update(kind=ParticipantKind.IMPORTED)
    Response.objects.filter(assignment__participant=unknown).update(rt_ms=None)
    Response.objects.filter(assignment__participant=quick).update(rt_ms=9.5)
    Assignment.objects.update(presented=[])
    apply_exclusion_rules(study_slug="short")
    assert flags(version) == {quick.key: "rule: median response time 9.5 ms is below 1500 ms"}


def test_each_version_has_its_own_rules(make_study: MakeStudy) -> None:
    version = with_rules(make_study(), QUICK)
    listener(version, rt_ms=10.0)
    later = with_rules(make_study("later"))
    listener(later, rt_ms=10.0)
    StudyVersion.objects.filter(pk=later.pk).update(study=version.study, number=2)
    applied = apply_exclusion_rules(study_slug="short")
    assert [(verdict.version, verdict.excluded) for verdict in applied.verdicts] == [(1, True), (2, False)]


def test_a_reason_fits_its_field(make_study: MakeStudy) -> None:
    many = [{"rule": "median_rt_below_ms", "value": value} for value in range(1000, 1008)]
    version = with_rules(make_study(), *many)
    listener(version, rt_ms=10.0)
    apply_exclusion_rules(study_slug="short")
    (said,) = flags(version).values()
    assert len(said) == 200
    assert said.endswith("…")


def test_answers_that_came_late_count_once_there_is_room(make_study: MakeStudy) -> None:
    version = with_rules(make_study(n_trials=1, planned=1, trials_per_participant=1), QUICK)
    late = worker(version)
    page = next_assignment(participant=late)
    assert page is not None
    late.assignments.update(expires_at=timezone.now() - timedelta(seconds=1))
    listener(version, rt_ms=10.0)
    answer(late, page)
    finish(participant=late)
    applied = apply_exclusion_rules(study_slug="short")
    assert (applied.reopened, applied.counted) == (1, 1)
    assert taken(version) == [1]
    assert late.assignments.get().counts


def in_blocks(version: StudyVersion) -> StudyVersion:
    """Make the trials two blocks of three."""
    allocation = version.definition["allocation"] | {"design": "blocks", "trials_per_participant": 3}
    version.definition = version.definition | {"allocation": allocation}
    version.save(update_fields=["definition"])
    version.trials.filter(position__lt=3).update(block="a")
    version.trials.filter(position__gte=3).update(block="b")
    return version


def test_blocks_are_reopened_and_counted_again_whole(make_study: MakeStudy) -> None:
    version = with_rules(in_blocks(make_study(n_trials=6, planned=1)), QUICK)
    quick, slow = listener(version, rt_ms=10.0), listener(version)
    assert taken(version) == [1] * 6
    assert apply_exclusion_rules(study_slug="short").reopened == 3
    freed = version.trials.filter(assignments__participant=quick)
    assert set(freed.values_list("taken", flat=True)) == {0}
    # One trial of the block has no room any more: all of it waits.
    freed.filter(pk=freed.earliest("position").pk).update(planned=0)
    with_rules(version)
    assert apply_exclusion_rules(study_slug="short").counted == 0
    freed.update(planned=1)
    assert apply_exclusion_rules(study_slug="short").counted == 3
    assert taken(version) == [1] * 6
    assert set(slow.assignments.values_list("counts", flat=True)) == {True}


def test_half_a_block_does_not_count(make_study: MakeStudy) -> None:
    version = in_blocks(make_study(n_trials=6, planned=1))
    person = worker(version)
    page = next_assignment(participant=person)
    assert page is not None
    answer(person, page)
    person.assignments.update(expires_at=timezone.now() - timedelta(days=1))
    assert next_assignment(participant=worker(version)) is not None
    assert sum(taken(version)) == 3
    version.trials.update(planned=2)
    assert apply_exclusion_rules(study_slug="short").counted == 0
    assert not Assignment.objects.get(pk=page.pk).counts


def test_those_who_withdrew_are_not_judged(make_study: MakeStudy) -> None:
    version = with_rules(make_study(), QUICK)
    person = listener(version, rt_ms=10.0)
    Participant.objects.filter(pk=person.pk).update(stage=Stage.WITHDRAWN)
    assert apply_exclusion_rules(study_slug="short").verdicts == ()


def test_the_number_of_queries_does_not_grow_with_the_people(make_study: MakeStudy) -> None:
    version = with_rules(make_study(), QUICK, SAME, ATTENTION)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            apply_exclusion_rules(study_slug="short", dry_run=True)
        return len(captured)

    listener(version)
    few = queries()
    for _ in range(3):
        listener(version)
    assert queries() == few


class TestCommand:
    """`manage.py apply_exclusions`."""

    def run(self, *args: str) -> str:
        out = StringIO()
        call_command("apply_exclusions", *args, stdout=out)
        return out.getvalue()

    def test_it_says_who_and_why(self, make_study: MakeStudy) -> None:
        version = with_rules(make_study(n_trials=6), QUICK)
        quick, by_hand = listener(version, rt_ms=812.0), listener(version, rt_ms=9.0)
        exclude_participant(participant=by_hand, reason="a friend of ours")
        said = self.run("short", "--dry-run")
        rules_say = "(rules say: median response time 9 ms is below 1500 ms)"
        assert said.splitlines() == [
            "short: 2 judged; excluded before 1, after 2",
            f"  excluded        {quick.key}  rule: median response time 812 ms is below 1500 ms",
            f"  by hand         {by_hand.key}  a friend of ours {rules_say}",
            "  ratings: 6 reopened, 0 count again",
            "nothing was changed (--dry-run)",
        ]
        assert list(flags(version)) == [by_hand.key]
        self.run("short")
        assert "  still excluded  " in self.run("short")
        with_rules(version)
        said = self.run("short")
        assert said.startswith("short has no rules (exclude: in its study file)\n")
        assert f"  included again  {quick.key}  was: rule: median" in said

    def test_it_tells_of_simulated_listeners(self, make_study: MakeStudy) -> None:
        version = with_rules(make_study(), QUICK)
        listener(version, rt_ms=10.0, kind=ParticipantKind.SIMULATED)
        assert "simulated listeners: 1 of 1 would be excluded (none is flagged)" in self.run("short", "--simulated")

    @pytest.mark.django_db
    def test_an_unknown_study_is_said_plainly(self) -> None:
        with pytest.raises(CommandError, match="There is no study 'nowhere'"):
            self.run("nowhere")
        with pytest.raises(StudyError):
            apply_exclusion_rules(study_slug="nowhere")


def test_whoever_hears_more_than_there_was_time_for_is_excluded(make_study: MakeStudy) -> None:
    """The sounds take 0.3 s each: three clips and a context can be heard in 1 s, and not in 0.9 s."""
    version = with_rules(make_study(), TOO_SOON)
    for rt_ms in (1000.0, 900.0):
        person = worker(version)
        while page := next_assignment(participant=person):
            answer(person, page, rt_ms=rt_ms, plays=[1, 1, 1])
    marked = Response.objects.filter(telemetry__implausible=True)
    assert set(marked.values_list("assignment__participant", flat=True)) == {person.pk}
    # Both are at rest: they hold nothing, and answered long ago.
    Response.objects.update(answered_at=timezone.now() - timedelta(days=1))
    apply_exclusion_rules(study_slug="short")
    assert flags(version) == {person.key: "rule: 6 of 6 answers came sooner than their sounds take, more than 20 %"}
