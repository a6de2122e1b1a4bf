"""`study.yaml` as it is written. Reading completes its texts: one text stands for every language of the study.

Validation needs a `WrittenContext`, so that whatever is wrong anywhere is found in one go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Literal, NoReturn, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic.config import ConfigDict
from pydantic_core import PydanticCustomError

from annotations.questions import kinds
from annotations.questions.base import BadSettingError, shown
from annotations.study_file.parts import (
    Allocation,
    Checks,
    Count,
    Design,
    Exclusion,
    Instructed,
    Name,
    Part,
    Recruitment,
    Screening,
    Show,
    Texts,
)

DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class WrittenContext:
    """What the parts of a file need to know of the whole: the study's languages, those of its title."""

    languages: list[str]


def refuse(what: str, mend: str, *inside: str | int) -> NoReturn:
    """Raise what pydantic collects as a fault; `inside` leads further into the value where the fault was found."""
    raise PydanticCustomError("study", "{what}. {mend}", {"what": what, "mend": mend, "inside": inside})


def nearest(word: str, known: Sequence[str]) -> str:
    """Return what to do about an unknown word: the known one that was meant, or all there are."""
    close = get_close_matches(word, known, n=1)
    return f"Did you mean {close[0]}?" if close else f"Known here: {', '.join(known) or 'nothing'}"


def _languages(info: ValidationInfo) -> Sequence[str]:
    assert isinstance(info.context, WrittenContext)
    return info.context.languages


def _texts(raw: object, info: ValidationInfo) -> Texts:
    """Return a text in every language of the study."""
    languages = _languages(info)
    if isinstance(raw, str) and raw.strip():
        return dict.fromkeys(languages, raw.strip())
    if not isinstance(raw, dict):
        refuse(f"a text is wanted, not {shown(raw)}", "Put it in quotes, or give a text per language: {en: …, sv: …}")
    missing = [each for each in languages if not (isinstance(raw.get(each), str) and raw[each].strip())]
    if missing:
        what = f"the text is missing in {', '.join(missing)}, and the title says that the study is in it"
        every = ", ".join(f"{each}: …" for each in languages)
        refuse(what, f"Write {{{every}}}, or take {', '.join(missing)} from the title")
    surplus = [each for each in raw if each not in languages]
    if surplus:
        refuse(f"the study is not in {', '.join(surplus)}", "Add a title in that language or take the text away")
    return {language: raw[language].strip() for language in languages}


def _files(raw: object) -> str | dict[str, str]:
    """Return a name of a file, or one per language."""
    if isinstance(raw, str) and raw.strip():
        return raw.strip()
    if isinstance(raw, dict) and raw and all(isinstance(name, str) and name.strip() for name in raw.values()):
        return {language: name.strip() for language, name in raw.items()}
    refuse(f"{shown(raw)} names no file", "Give a file, or one per language: {en: …, sv: …}")


WrittenTexts = Annotated[Texts, BeforeValidator(_texts)]
Files = Annotated[str | dict[str, str], BeforeValidator(_files)]
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
        self.settings(_languages(info))
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
        names = [question.name for question in questions]
        for at, name in enumerate(names):
            if name in names[:at]:
                refuse(f"two questions are called {name!r}", "Rename one of them", at, "name")
        return questions

    @property
    def n_clips(self) -> int | None:
        """Return how many clips the task's trials must have; None: any number."""
        return next((n for q in self.questions if (n := kinds()[q.kind].n_clips) is not None), None)


class WrittenInstructed(Instructed):
    """An instructed attention trial; one text stands for every language."""

    text: WrittenTexts


class WrittenChecks(Checks):
    """The checks of a study."""

    instructed: list[WrittenInstructed] = []  # type: ignore[assignment]


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
    practice: Count = 0
    checks: WrittenChecks = WrittenChecks()
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
