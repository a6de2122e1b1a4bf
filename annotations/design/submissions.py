"""What a recruiting platform says of a submission, and what is stored of the same person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """What the platform's status means for us."""

    PAID = "paid"
    WAITING = "waiting for review"
    OPEN = "still open"
    RETURNED = "returned"
    TIMED_OUT = "timed out"
    REJECTED = "rejected"
    SCREENED_OUT = "screened out"
    UNKNOWN = "unknown"


LEFT = (Standing.RETURNED, Standing.TIMED_OUT)


class Action(StrEnum):
    """What is proposed: `return` is to ask the participant to return the submission, which only they can do."""

    NONE = ""
    APPROVE = "approve"
    LOOK = "look"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Submission:
    """A row of the platform's list. `status` as the platform writes it; `taken` in seconds; `code` as entered."""

    submission: str
    participant: str
    status: str
    standing: Standing
    code: str = ""
    started: datetime | None = None
    completed: datetime | None = None
    taken: float | None = None
    bonus: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """A participant as the study knows them.

    `participant`: what the platform calls them; `session`: the submission that they came with, if the link named it;
    `answered` of `wanted` trials; `code`: the completion code they were shown; `excluded`: why, empty if not.
    """

    key: str
    participant: str
    session: str
    stage: str
    done: bool
    answered: int
    wanted: int
    code: str
    arrived: datetime
    finished: datetime | None = None
    excluded: str = ""
