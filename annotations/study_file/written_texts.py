"""Texts as a study file writes them: one for every language of the study, or one per language.

Validation needs a `WrittenContext`, so that whatever is wrong anywhere is found in one go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, NoReturn

from pydantic import BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from annotations.questions.base import shown
from annotations.study_file.parts import Texts


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


def languages_of(info: ValidationInfo) -> Sequence[str]:
    """Return the languages of the study that is being validated."""
    assert isinstance(info.context, WrittenContext)
    return info.context.languages


def _texts(raw: object, info: ValidationInfo) -> Texts:
    """Return a text in every language of the study."""
    languages = languages_of(info)
    if isinstance(raw, str) and raw.strip():
        return dict.fromkeys(languages, raw.strip())
    if not isinstance(raw, dict):
        refuse(f"a text is wanted, not {shown(raw)}", "Put it in quotes, or give a text per language: {en: …, sv: …}")
    missing = [each for each in languages if not (isinstance(raw.get(each), str) and raw[each].strip())]
    if missing:
        refuse(f"the text is missing in {', '.join(missing)}", "Give it in every language of the title")
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


def refuse_repeated(names: Sequence[str]) -> None:
    """Raise the fault of a list of questions in which one name stands twice."""
    for at, name in enumerate(names):
        if name in names[:at]:
            refuse(f"two questions are called {name!r}", "Rename one of them", at, "name")


WrittenTexts = Annotated[Texts, BeforeValidator(_texts)]
Files = Annotated[str | dict[str, str], BeforeValidator(_files)]
