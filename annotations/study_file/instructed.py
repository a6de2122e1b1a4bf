"""Instructed attention trials: a text on the page says what to answer, and the key holds just that.

The order of clips on the screen is each participant's own, so a text must not name a clip by its place: "rate every
clip 3" can be followed, "choose clip 2" cannot.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from annotations.questions import get_kind
from annotations.questions._clip_choice import ClipChoice
from annotations.study_file.parts import Instructed
from annotations.study_file.schema import QuestionDefinition, StudyDefinition, TaskDefinition
from annotations.study_file.source import YamlSource
from annotations.study_file.written_texts import nearest
from corpus.errors import Fault

INSTRUCTION = "instruction"
"""The attribute (column of `trials.csv`) with the text for all languages; `instruction_sv` is the one in Swedish."""

ANY_CLIPS = 2
"""How many clips a trial has is not known when a study file is read; what can be said of two can be said of more."""


def instruction_for(attributes: Mapping[str, str], language: str) -> str:
    """Return the text that a trial shows above its questions, empty if none.

    >>> instruction_for({"instruction": "Rate all 3.", "instruction_sv": "Sätt 3 på alla."}, "sv")
    'Sätt 3 på alla.'
    >>> instruction_for({"instruction": "Rate all 3."}, "sv")
    'Rate all 3.'
    """
    return attributes.get(f"{INSTRUCTION}_{language}") or attributes.get(INSTRUCTION, "")


def attributes_of(instructed: Instructed) -> dict[str, str]:
    """Return the text of a planned trial as its attributes."""
    return {f"{INSTRUCTION}_{language}": text for language, text in instructed.text.items()}


def key_of(instructed: Instructed, task: TaskDefinition, n_clips: int) -> dict[str, Any]:
    """Return the key: of a question that is asked of each clip, one answer stands for all clips."""
    per_clip = {question.name for question in task.questions if question.per_clip}
    return {name: [answer] * n_clips if name in per_clip else answer for name, answer in instructed.answers.items()}


def instructed_faults(definition: StudyDefinition, source: YamlSource) -> Iterator[Fault]:
    """Yield instructed trials of tasks that there are not, and answers that their tasks do not take."""
    tasks = {task.name: task for task in definition.tasks}
    for at, instructed in enumerate(definition.checks.instructed):
        path = ("checks", "instructed", at)
        if instructed.task not in tasks:
            what = f"there is no task {instructed.task!r}"
            yield source.fault((*path, "task"), what, nearest(instructed.task, list(tasks)))
            continue
        task = tasks[instructed.task]
        for name, trouble, mend in _troubles(instructed, task):
            yield source.fault((*path, "answers", name), trouble, mend)


def _troubles(instructed: Instructed, task: TaskDefinition) -> Iterator[tuple[str, str, str]]:
    """Yield the question, what is wrong with its answer, and how to mend it."""
    questions = {question.name: question for question in task.questions}
    key = key_of(instructed, task, ANY_CLIPS)
    for name, answer in key.items():
        question = questions.get(name)
        if question is None:
            yield name, f"task {task.name} asks no {name!r}", nearest(name, list(questions))
        elif isinstance(get_kind(question.kind), ClipChoice):
            what = "no text can say which clip: they stand in another order for everyone"
            yield name, what, "Leave the question out, and let the text allow any answer to it"
        elif trouble := _trouble(question, answer):
            yield name, f"this is no answer to it: {trouble}", "Write one answer, which stands for every clip"


def _trouble(question: QuestionDefinition, answer: object) -> str:
    kind = get_kind(question.kind)
    try:
        kind.read_answer(
            answer, settings=question.settings, per_clip=question.per_clip, n_clips=kind.n_clips or ANY_CLIPS
        )
    except ValueError as error:
        return str(error)
    return ""
