"""Questions outside the trials as a study file writes them: the forms before and after, and those about the task."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from annotations.study_file.parts import Comprehension, ComprehensionQuestion, FormQuestion, Name, Option, Part, Texts
from annotations.study_file.written_texts import WrittenTexts, nearest, refuse, refuse_repeated

FEWEST_OPTIONS = 2

WrittenOptions = dict[Name, WrittenTexts]


class WrittenFormQuestion(Part):
    """A question of a form: `options` belong to a choice, and only to that."""

    name: Name
    kind: Literal["choice", "number", "text"]
    text: WrittenTexts
    options: WrittenOptions = {}
    required: bool = True

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        if self.kind == "choice":
            _refuse_too_few(self.options)
        elif self.options:
            refuse(f"a question of kind {self.kind} has no options", "Take them away, or write kind: choice", "options")
        return self

    @property
    def stored(self) -> FormQuestion:
        """Return the question as it is stored."""
        return FormQuestion(
            name=self.name, kind=self.kind, text=self.text, options=_stored(self.options), required=self.required
        )


class WrittenComprehensionQuestion(Part):
    """A question about the task; `right` is one of its options."""

    name: Name
    text: WrittenTexts
    options: WrittenOptions
    right: Name

    @model_validator(mode="after")
    def _right_is_there(self) -> Self:
        _refuse_too_few(self.options)
        if self.right not in self.options:
            refuse(f"{self.right!r} is none of the options", nearest(self.right, list(self.options)), "right")
        return self


Question = TypeVar("Question", WrittenFormQuestion, WrittenComprehensionQuestion)


def _names_differ(questions: list[Question]) -> list[Question]:
    refuse_repeated([question.name for question in questions])
    return questions


WrittenForm = Annotated[list[WrittenFormQuestion], AfterValidator(_names_differ)]


class WrittenComprehension(Part):
    """Questions about the task, how often they may be tried, and what follows when they are not understood."""

    questions: Annotated[list[WrittenComprehensionQuestion], Field(min_length=1), AfterValidator(_names_differ)]
    tries: Annotated[int, Field(ge=1, le=10)] = 2
    on_fail: Literal["warn", "screen_out"] = "screen_out"

    @property
    def stored(self) -> Comprehension:
        """Return the questions as they are stored."""
        questions = [
            ComprehensionQuestion(name=one.name, text=one.text, options=_stored(one.options), right=one.right)
            for one in self.questions
        ]
        return Comprehension(questions=questions, tries=self.tries, on_fail=self.on_fail)


def _refuse_too_few(options: Mapping[str, Texts]) -> None:
    if len(options) < FEWEST_OPTIONS:
        refuse("a choice needs two options or more", "Write them as {name: text, other_name: text}", "options")


def _stored(options: Mapping[str, Texts]) -> list[Option]:
    return [Option(name=name, text=text) for name, text in options.items()]
