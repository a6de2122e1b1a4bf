"""`study.yaml` as it is written. Reading completes its texts: one text stands for every language of the study.

Forms before and after the trials are in `written_forms`, texts in `written_texts`.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic.config import ConfigDict

from annotations.questions import kinds
from annotations.questions.base import BadSettingError
from annotations.study_file.parts import (
    Allocation,
    Checks,
    Count,
    Design,
    Exclusion,
    Name,
    Part,
    Recruitment,
    Screening,
    Show,
)
from annotations.study_file.written_forms import WrittenComprehension, WrittenForm
from annotations.study_file.written_texts import (
    Files,
    WrittenContext,
    WrittenTexts,
    languages_of,
    nearest,
    refuse,
    refuse_repeated,
)

DEFAULT_LANGUAGE = "en"
FileName = Annotated[str, Field(min_length=1, max_length=400)]


class WrittenQuestion(Part):
    """A question; the keys that are not named here are settings of its kind."""

    model_config = ConfigDict(extra="allow")

    name: Name
    kind: str
    per: Literal["clip"] | None = None
    text: WrittenTexts

    @field_validator("kind")
    @classmethod
    def _is_known(cls, kind: str) -> str:
        if kind not in kinds():
            refuse(f"there is no kind of question {kind!r}", nearest(kind, list(kinds())))
        return kind

    @model_validator(mode="after")
    def _settings_are_good(self, info: ValidationInfo) -> Self:
        kind, raw = kinds()[self.kind], self.model_extra or {}
        for key in raw:
            if key not in kind.setting_names:
                known = [*kind.setting_names, *type(self).model_fields]
                refuse(f"a question of kind {self.kind} has no {key!r}", nearest(key, known), key)
        self.settings(languages_of(info))
        return self

    @property
    def per_clip(self) -> bool:
        """Whether each clip gets an answer."""
        return self.per is not None or kinds()[self.kind].always_per_clip

    def settings(self, languages: Sequence[str]) -> dict[str, Any]:
        """Return the settings of the question's kind, complete."""
        try:
            return kinds()[self.kind].check_settings(
                self.model_extra or {}, per_clip=self.per_clip, languages=languages
            )
        except BadSettingError as error:
            refuse(error.what, error.mend, error.key)


class WrittenTask(Part):
    """What one kind of trial page shows and asks."""

    show: list[Show] = []
    questions: Annotated[list[WrittenQuestion], Field(min_length=1)]

    @field_validator("questions")
    @classmethod
    def _names_differ(cls, questions: list[WrittenQuestion]) -> list[WrittenQuestion]:
        refuse_repeated([question.name for question in questions])
        return questions

    @property
    def n_clips(self) -> int | None:
        """Return how many clips the task's trials must have; None: any number."""
        return next((n for q in self.questions if (n := kinds()[q.kind].n_clips) is not None), None)


class WrittenStudy(Part):
    """The whole file."""

    slug: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=80)]
    title: WrittenTexts
    consent: Files
    instructions: Files | None = None
    corpus: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=80)] | None = None
    stimuli: FileName | None = None
    trials: FileName | None = None
    design: Annotated[list[Design], Field(min_length=1)] | None = None
    tasks: Annotated[dict[Name, WrittenTask], Field(min_length=1)]
    screening: Screening | None = None
    before: WrittenForm = []
    after: WrittenForm = []
    comprehension: WrittenComprehension | None = None
    examples: Count = 0
    practice: Count = 0
    feedback: bool = True
    remind_after_minutes: Count = 60
    checks: Checks = Checks()
    allocation: Allocation = Allocation()
    recruitment: Recruitment = Recruitment()
    exclude: list[Exclusion] = []

    @field_validator("screening")
    @classmethod
    def _can_be_passed(cls, screening: Screening | None) -> Screening | None:
        if screening and screening.pass_mark > screening.of:
            what = f"{screening.pass_mark} of {screening.of} cannot be passed"
            refuse(what, "Give a pass mark no higher than the number of trials", "pass")
        return screening


def context_of(raw: dict[str, Any]) -> WrittenContext:
    """Return what a file says of its languages, as far as it can be read."""
    title = raw.get("title")
    return WrittenContext(list(title) if isinstance(title, dict) and title else [DEFAULT_LANGUAGE])
