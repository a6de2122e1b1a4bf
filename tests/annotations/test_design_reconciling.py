"""The platform's list beside ours: what is found and what is proposed in every case."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from annotations.design.reconciling import Reconciled, reconcile
from annotations.design.submissions import Action, Standing, Stored, Submission
from annotations.platforms.prolific import standing

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def submission(status: str = "AWAITING REVIEW", **changes: Any) -> Submission:
    values: dict[str, Any] = {"submission": "s1", "participant": "P1", "status": status, "code": "DONE-1"}
    return Submission(standing=standing(status), **values | changes)


def stored(**changes: Any) -> Stored:
    values: dict[str, Any] = {
        "key": "k1",
        "participant": "P1",
        "session": "",
        "stage": "done",
        "done": True,
        "answered": 21,
        "wanted": 21,
        "code": "DONE-1",
        "arrived": NOON,
        "finished": NOON + timedelta(minutes=15),
    }
    return Stored(**values | changes)


def half(**changes: Any) -> Stored:
    return stored(**{"stage": "working", "done": False, "answered": 7, "code": "", "finished": None} | changes)


def one(*pair: Any, **options: Any) -> Reconciled:
    there, here = pair
    (line,) = reconcile([there] if there else [], [here] if here else [], **options)
    return line


CASES = [
    # status, entered code, what is stored → action, finding
    ("AWAITING REVIEW", "DONE-1", stored(), "approve", "all answers stored"),
    ("AWAITING REVIEW", "NOCODE", stored(), "approve", "all answers stored; the code DONE-1 was not entered"),
    ("AWAITING REVIEW", "", stored(), "approve", "all answers stored; the code DONE-1 was not entered"),
    ("AWAITING REVIEW", "XX", stored(), "look", "all answers stored, but the code is XX instead of DONE-1"),
    ("AWAITING REVIEW", "DONE-1", stored(excluded="rule: x"), "look", "all answers stored, but excluded: rule: x"),
    ("AWAITING REVIEW", "DONE-1", None, "look", "nothing is stored, though the code DONE-1 was entered"),
    ("AWAITING REVIEW", "NOCODE", None, "return", "nothing is stored, and no code was entered"),
    ("AWAITING REVIEW", "NOCODE", half(), "return", "7 of 21 answered (working)"),
    ("AWAITING REVIEW", "DONE-1", half(), "look", "7 of 21 answered (working), though the code DONE-1 was entered"),
    (
        "AWAITING REVIEW",
        "NO-1",
        half(answered=0, stage="declined consent", code="NO-1"),
        "look",
        "0 of 21 answered (declined consent), with the code NO-1 that they were given",
    ),
    ("APPROVED", "DONE-1", stored(), "", "paid and stored"),
    ("APPROVED", "XX", stored(), "look", "paid and stored, but the code is XX instead of DONE-1"),
    ("APPROVED", "DONE-1", None, "look", "paid, but nothing is stored"),
    ("APPROVED", "DONE-1", half(), "look", "paid, but 7 of 21 answered (working)"),
    ("APPROVED", "DONE-1", stored(excluded="rule: x"), "", "paid and stored; excluded: rule: x"),
    ("PARTIALLY APPROVED", "DONE-1", stored(), "", "paid and stored"),
    ("RETURNED", "", stored(), "look", "stored, but not paid (returned): all answers stored"),
    ("TIMED-OUT", "", stored(), "look", "stored, but not paid (timed-out): all answers stored"),
    (
        "REJECTED",
        "DONE-1",
        stored(excluded="rule: x"),
        "look",
        "stored, but not paid (rejected): all answers stored; excluded: rule: x",
    ),
    ("RETURNED", "", half(), "", "returned, with 7 of 21 answered"),
    ("RETURNED", "", None, "", "returned, and no answers"),
    ("TIMED-OUT", "", half(answered=0), "", "timed-out, and no answers"),
    ("ACTIVE", "", half(), "", "active: not finished yet"),
    ("RESERVED", "", None, "", "reserved: not finished yet"),
    ("ACTIVE", "", stored(), "look", "all answers stored, not handed in there yet"),
    ("SCREENED OUT", "S-1", half(answered=0), "", "screened out"),
    ("SCREENED OUT", "S-1", stored(), "look", "screened out there, but all answers are stored"),
    ("SUSPENDED", "", stored(), "look", "the status 'SUSPENDED' is not known here"),
]


@pytest.mark.parametrize(("status", "code", "here", "action", "finding"), CASES)
def test_a_submission_and_the_stored(status: str, code: str, here: Stored | None, action: str, finding: str) -> None:
    line = one(submission(status, code=code), here)
    assert (line.action, line.finding) == (action, finding)


@pytest.mark.parametrize(
    ("here", "action", "finding"),
    [
        (stored(), "look", "stored, but not on the list: all answers stored"),
        (half(), "look", "stored, but not on the list: 7 of 21 answered"),
        (half(answered=0), "", "not on the list, and no answers"),
    ],
)
def test_who_is_not_on_the_list(here: Stored, action: str, finding: str) -> None:
    line = one(None, here)
    assert (line.submission, line.action, line.finding) == (None, action, finding)


def test_whoever_finishes_long_after_handing_in_is_looked_at() -> None:
    handed_in = NOON + timedelta(minutes=3)
    line = one(submission(completed=handed_in), stored())
    assert (line.action, line.finding) == (Action.LOOK, "finished here 12 min after handing in there")
    assert one(submission(completed=NOON + timedelta(minutes=14)), stored()).action is Action.APPROVE


def test_what_is_stored_belongs_to_the_submission_that_went_furthest() -> None:
    first, second = submission("RETURNED", code=""), submission("APPROVED", submission="s2")
    lines = reconcile([first, second], [stored()])
    assert [(line.submission, line.stored) for line in lines] == [(first, None), (second, stored())]
    assert [(line.finding, line.action) for line in lines] == [
        ("another submission of the same person: see s2", Action.NONE),
        ("paid and stored", Action.NONE),
    ]


def test_the_submission_someone_came_with_is_theirs() -> None:
    lines = reconcile([submission("APPROVED"), submission(submission="s2")], [stored(session="s2")])
    assert [line.stored is not None for line in lines] == [False, True]
    assert lines[1].action is Action.APPROVE


def test_paid_twice_is_looked_at() -> None:
    lines = reconcile([submission("APPROVED"), submission("APPROVED", submission="s2")], [stored()])
    assert [line.finding for line in lines] == ["paid and stored", "paid twice: also submission s1"]
    assert lines[1].action is Action.LOOK


@pytest.mark.parametrize(
    ("status", "here", "bonus"),
    [
        ("RETURNED", half(), 1.5),
        ("TIMED-OUT", stored(), 4.5),
        ("TIMED-OUT", half(answered=0), None),
        ("RETURNED", None, None),
        ("AWAITING REVIEW", half(), None),
        ("APPROVED", stored(), None),
        ("REJECTED", stored(), None),
    ],
)
def test_a_bonus_is_proposed_for_what_people_who_left_had_answered(
    status: str, here: Stored | None, bonus: float | None
) -> None:
    assert one(submission(status), here, reward=4.5).bonus == bonus
    assert one(submission(status), here).bonus is None


def test_every_standing_has_its_proposal() -> None:
    for each in Standing:
        there = Submission(submission="s", participant="P1", status=each.name, standing=each)
        assert one(there, None).finding
