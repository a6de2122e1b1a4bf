"""Right answers in words, and whether what was answered in practice was right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from annotations.design.answer_keys import Answers, wrong_answers
from annotations.enums import Check
from annotations.models import Assignment, Question, Response
from annotations.queries.evidence import key_of
from annotations.questions import get_kind
from annotations.questions.base import Given, number_text
from annotations.study_file.schema import definition_of


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a listener is told about an answer, in the active language."""

    right: bool
    text: str


def feedback_on(response: Response, language: str) -> Feedback | None:
    """Return whether a practice trial was answered rightly and what is right; None where nothing is to be told."""
    page = response.assignment
    if not has_feedback(page):
        return None
    questions = list(page.trial.task.questions.all())
    key = _key(page, questions)
    wrong = wrong_answers(key, _given(response, questions))
    if not wrong:
        return Feedback(right=True, text=_("That is right."))
    return Feedback(right=False, text=" ".join([_("Not quite."), *_told(page, questions, key, language, wrong)]))


def has_feedback(page: Assignment) -> bool:
    """Tell whether listeners are told how they answered a page: practice whose answers are known."""
    practice = page.trial.check_kind == Check.PRACTICE and bool(page.trial.answers)
    return practice and definition_of(page.participant.version).feedback


def right_answers(page: Assignment, language: str) -> list[str]:
    """Return the right answer to each question of a page that has one, in words, as clips stand on the screen."""
    questions = list(page.trial.task.questions.all())
    key = _key(page, questions)
    return _told(page, questions, key, language, list(key))


def _key(page: Assignment, questions: Sequence[Question]) -> Answers:
    return key_of(questions, page.trial.answers or {}, n_clips=len(page.presented))


def _given(response: Response, questions: Sequence[Question]) -> dict[str, list[Given]]:
    names = {question.pk: question.name for question in questions}
    given: dict[str, list[Given]] = {}
    for one in response.judgements.all():
        judged = Given(slot=one.slot, value=one.value, chosen_slot=one.chosen_slot, text=one.text)
        given.setdefault(names[one.question_id], []).append(judged)
    return given


def _told(
    page: Assignment, questions: Sequence[Question], key: Answers, language: str, names: Sequence[str]
) -> list[str]:
    """Return one sentence for each of these questions; where the page asks only one, without the question."""
    sentences = []
    for question in questions:
        if question.name in names:
            answer = _in_words(question, key[question.name], page.presented, language)
            sentence = _("Right here: %(answer)s.") % {"answer": answer.rstrip(".")}
            asked = question.text.get(language) or next(iter(question.text.values()))
            sentences.append(sentence if len(questions) == 1 else f"{asked} {sentence}")
    return sentences


def _in_words(question: Question, given: Sequence[Given], presented: Sequence[int], language: str) -> str:
    """Return an answer as the page's own labels name it."""
    shown = get_kind(question.kind).display(settings=question.settings, language=language, presented=presented)
    if question.per_clip:
        said = {one.slot: _value(one, shown) for one in given}
        return ", ".join(f"{row['label']}: {said[row['slot']]}" for row in shown["rows"] if row["slot"] in said)
    return ", ".join(_value(one, shown) for one in given)


def _value(given: Given, shown: Mapping[str, Any]) -> str:
    if given.chosen_slot is not None:
        labels = {choice["slot"]: str(choice["label"]) for choice in shown["choices"]}
        return labels[given.chosen_slot]
    return given.text if given.value is None else number_text(given.value)
