"""What a study version stores as its `definition`: `study.yaml` checked, with every default filled in.

Texts are maps from language to text, complete in every language of the study. Lists keep the order of the
file (a database need not keep that of a map).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annotations.frozen import remembered
from annotations.study_file.parts import (
    Allocation,
    Checks,
    Comprehension,
    Count,
    Design,
    Exclusion,
    FormQuestion,
    Name,
    Part,
    Recruitment,
    Screening,
    Show,
    Texts,
)

if TYPE_CHECKING:
    from annotations.models import StudyVersion


class QuestionDefinition(Part):
    """One question. `settings` is what its kind made of the remaining keys (`QuestionKind.check_settings`)."""

    name: Name
    kind: Name
    per_clip: bool
    text: Texts
    settings: dict[str, Any]


class TaskDefinition(Part):
    """What is shown of the context and asked on one kind of trial page."""

    name: Name
    show: list[Show]
    questions: list[QuestionDefinition]


class StudyDefinition(Part):
    """A whole study. `languages` are those of the title; the first one is the default.

    `instructions` is Markdown; the texts of consent are in `StudyVersion.consent`. `corpus` is where the stimuli
    are, or are imported to from the file `stimuli`. Trials are in the file `trials`, or `design` makes them.

    `before` and `after` are forms on either side of the trials. The first `examples` practice trials are shown with
    their answers instead of asked; `feedback` tells after a practice trial what the right answer was. Whoever comes
    back after `remind_after_minutes` reads the instructions again (0: never).
    """

    slug: str
    languages: list[str]
    title: Texts
    instructions: Texts
    corpus: str
    stimuli: str
    trials: str
    design: list[Design]
    tasks: list[TaskDefinition]
    screening: Screening | None
    before: list[FormQuestion] = []
    after: list[FormQuestion] = []
    comprehension: Comprehension | None = None
    examples: Count = 0
    practice: Count
    feedback: bool = True
    remind_after_minutes: Count = 60
    checks: Checks
    allocation: Allocation
    recruitment: Recruitment
    exclude: list[Exclusion]

    def task(self, name: str) -> TaskDefinition:
        """Return the task called `name`; raise `KeyError` if there is none."""
        return {task.name: task for task in self.tasks}[name]

    def language(self, wanted: str | None) -> str:
        """Return the study's language nearest to `wanted`: itself, the same without its region, or the default.

        >>> study = StudyDefinition.model_construct(languages=["en", "sv"])
        >>> study.language("sv-FI"), study.language("de"), study.language(None)
        ('sv', 'en', 'en')
        """
        for candidate in (wanted or "", (wanted or "").split("-")[0]):
            if candidate in self.languages:
                return candidate
        return self.languages[0]


@remembered
def definition_of(version: StudyVersion) -> StudyDefinition:
    """Return the definition that a version stores."""
    return StudyDefinition.model_validate(version.definition)
