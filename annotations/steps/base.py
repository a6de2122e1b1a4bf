"""What every step before or after the trials provides. One step is one module of this package, its template and test.

A step is a page with a form: the volume, the headphone screening, the instructions, questions about them. What is sent
is read, scored and stored as one `StepResult`; then the participant goes on, tries again, or is screened out.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar

from annotations.models import Participant, StepResult
from annotations.study_file.schema import StudyDefinition

AFTER_TRIALS = 100
"""Steps whose `order` is at least this come after the trials."""


class Verdict(Enum):
    """What follows from a step's result."""

    GO_ON = "go on"
    AGAIN = "again"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whom a step is shown to: the participant, the study, the language, and the earlier tries, the first one first."""

    participant: Participant
    definition: StudyDefinition
    language: str
    earlier: Sequence[StepResult] = ()

    @property
    def attempt(self) -> int:
        """The number of this try, from 0."""
        return len(self.earlier)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read from a sent form; `passed` is None where there is nothing to pass."""

    verdict: Verdict = Verdict.GO_ON
    passed: bool | None = None
    score: int | None = None
    out_of: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


class Step(ABC):
    """A step. Instances hold no state.

    `order` says where it comes; from `AFTER_TRIALS` on it comes after the trials. `required` steps must be settled
    before `begin` lets trials be given (or `finish` gives the code).
    """

    name: ClassVar[str]
    template: ClassVar[str]
    order: ClassVar[int]
    required: ClassVar[bool] = True

    @abstractmethod
    def wanted(self, definition: StudyDefinition) -> bool:
        """Tell whether a study has this step."""

    @abstractmethod
    def heading(self) -> str:
        """Return the title of the page, in the active language."""

    @abstractmethod
    def display(self, standing: Standing) -> dict[str, Any]:
        """Return what the template needs beside `visit`, `heading` and `attempt`."""

    @abstractmethod
    def read(self, sent: Mapping[str, str], standing: Standing) -> Outcome:
        """Return what a sent form says; raise `StepInvalidError` saying, by field, what is missing or wrong."""

    def notice(self, result: StepResult) -> str:
        """Return what the page after this step says about its result, in the active language; mostly nothing."""
        return ""
