"""Texts: every one there in every language of the study, and consent above all."""

from collections.abc import Iterator, Mapping
from typing import Any

from annotations.checking.facts import StudyFacts
from annotations.checking.findings import Finding, fault, listed, note, warning
from annotations.study_file.schema import StudyDefinition


def check_texts(facts: StudyFacts) -> Iterator[Finding]:
    """Yield which texts are missing in which language."""
    languages = facts.definition.languages
    missing = [
        f"{name} ({', '.join(absent)})"
        for name, texts in _texts(facts)
        if (absent := [language for language in languages if not texts.get(language)])
    ]
    if missing:
        yield fault("texts", f"missing: {listed(missing)}", "Write them in every language of the title")
    if not any(text.get("text") for text in facts.consent.values()):
        yield fault("consent", "there is no text to consent to", "Write consent.md and name it in the study file")
    untranslated = [language for language in languages if language.split("-")[0] not in facts.interface]
    if untranslated:
        what = f"buttons and messages are not there in {', '.join(untranslated)}; listeners will see English ones"
        yield warning("texts", what, "Add the translation under locale/, or leave the language out")
    yield from _ends(facts)


def _texts(facts: StudyFacts) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every text of a study by language."""
    definition = facts.definition
    yield "title", definition.title
    yield "instructions", definition.instructions
    if facts.consent:
        yield "consent", {language: text.get("text", "") for language, text in facts.consent.items()}
    yield from _asked_outside(definition)
    for task in definition.tasks:
        for question in task.questions:
            place = f"{task.name}.{question.name}"
            yield place, question.text
            for key, value in question.settings.items():
                if isinstance(value, dict) and set(value) & set(definition.languages):
                    yield f"{place}.{key}", value


def _asked_outside(definition: StudyDefinition) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the texts of the forms and of the questions about the task."""
    about = definition.comprehension.questions if definition.comprehension else []
    for part, questions in (("before", definition.before), ("after", definition.after), ("comprehension", about)):
        for question in questions:
            yield f"{part}.{question.name}", question.text
            yield from ((f"{part}.{question.name}.{option.name}", option.text) for option in question.options)


def _ends(facts: StudyFacts) -> Iterator[Finding]:
    bare = [
        f"{task.name}.{question.name}"
        for task in facts.definition.tasks
        for question in task.questions
        if question.kind == "rating" and not question.settings.get("ends")
    ]
    if bare:
        yield note("texts", f"scales whose ends say nothing: {listed(bare)}", "Give `ends: [not at all, extremely]`")
