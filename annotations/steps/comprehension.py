"""Questions about the task: whoever has not understood it reads the instructions again and has another try."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from annotations.errors import StepInvalidError
from annotations.steps._fields import BadFieldError, choice_field, field_name, read_choice
from annotations.steps.base import Outcome, Standing, Step, Verdict
from annotations.study_file.parts import Comprehension, ComprehensionQuestion
from annotations.study_file.schema import StudyDefinition


class ComprehensionStep(Step):
    """All questions on one page; passed when all are right. `data`: `answers`, and which of them are `wrong`.

    After the last try `on_fail` says what follows: `screen_out`, or `warn`, a page that tells the right answers
    before the listener goes on.
    """

    name = "comprehension"
    template = "annotations/steps/comprehension.html"
    order = 60

    def wanted(self, definition: StudyDefinition) -> bool:
        """Tell whether the study asks about the task."""
        return definition.comprehension is not None

    def heading(self) -> str:
        """Return the title of the page."""
        return _("Is it clear?")

    def display(self, standing: Standing) -> dict[str, Any]:
        """Return the questions, with what was wrong in the try before, and the instructions."""
        asked = _asked(standing)
        return {
            "instructions": standing.definition.instructions.get(standing.language, ""),
            "fields": [_field(question, standing) for question in asked.questions],
            "tries_left": asked.tries - standing.attempt,
        }

    def read(self, sent: Mapping[str, str], standing: Standing) -> Outcome:
        """Return how many of the answers are right, and what follows."""
        asked = _asked(standing)
        if standing.attempt >= asked.tries:
            return _warned(standing)
        answers = _answers(asked, sent)
        wrong = [question.name for question in asked.questions if answers[question.name] != question.right]
        return Outcome(
            verdict=_verdict(asked, standing, passed=not wrong),
            passed=not wrong,
            score=len(asked.questions) - len(wrong),
            out_of=len(asked.questions),
            data={"answers": answers, "wrong": wrong},
        )


def _asked(standing: Standing) -> Comprehension:
    if standing.definition.comprehension is None:
        raise LookupError("the study asks nothing about the task")
    return standing.definition.comprehension


def _field(question: ComprehensionQuestion, standing: Standing) -> dict[str, Any]:
    """Return a question; after a try with the answer that was given, and a word where that was wrong."""
    field = choice_field(question.name, question.text[standing.language], question.options, standing.language)
    right = next(option.text[standing.language] for option in question.options if option.name == question.right)
    before = standing.earlier[-1].data if standing.earlier else {"answers": {}, "wrong": []}
    fault = _("This is not the right answer yet.") if question.name in before["wrong"] else ""
    return field | {"value": before["answers"].get(question.name, ""), "fault": fault, "right": right}


def _answers(asked: Comprehension, sent: Mapping[str, str]) -> dict[str, str]:
    """Return the option chosen for each question; raise `StepInvalidError` if any is missing or none of them."""
    answers, faults = {}, {}
    for question in asked.questions:
        try:
            answers[question.name] = read_choice(sent.get(field_name(question.name), ""), question.options)
        except BadFieldError as error:
            faults[field_name(question.name)] = str(error)
    if faults:
        raise StepInvalidError(faults)
    return answers


def _verdict(asked: Comprehension, standing: Standing, *, passed: bool) -> Verdict:
    if passed:
        return Verdict.GO_ON
    last = standing.attempt + 1 >= asked.tries
    return Verdict.OUT if last and asked.on_fail == "screen_out" else Verdict.AGAIN


def _warned(standing: Standing) -> Outcome:
    """Return that the right answers were read after the last try; the result stays that of the try."""
    last = standing.earlier[-1]
    return Outcome(passed=False, score=last.score, out_of=last.out_of, data={**last.data, "told": True})


STEP = ComprehensionStep()
