"""Fields of the forms before and after the trials: what their templates need, and what was sent in them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from annotations.study_file.parts import FormQuestion, Option

LONGEST_TEXT = 2000
NUMBER = re.compile(r"^[+-]?[0-9]{1,12}(?:[.,][0-9]{1,6})?$")


class BadFieldError(ValueError):
    """What was sent in a field cannot be taken; the message is for the participant."""


def field_name(question: str) -> str:
    """Return the name of the control that asks a question; those of the form itself have no such names."""
    return f"answer-{question}"


def choice_field(name: str, text: str, options: Sequence[Option], language: str) -> dict[str, Any]:
    """Return what the template of one choice needs."""
    shown = [{"value": option.name, "text": option.text[language]} for option in options]
    return {"name": field_name(name), "kind": "choice", "text": text, "options": shown, "required": True}


def form_field(question: FormQuestion, language: str) -> dict[str, Any]:
    """Return what the template of a question needs."""
    field = choice_field(question.name, question.text[language], question.options, language)
    return field | {"kind": question.kind, "required": question.required, "longest": LONGEST_TEXT}


def read_field(question: FormQuestion, sent: Mapping[str, str]) -> str | int | float | None:
    """Return the answer to a question, None where none is given and none is needed; raise `BadFieldError`."""
    raw = sent.get(field_name(question.name), "").replace("\r\n", "\n").strip()
    if not raw:
        if question.required:
            raise BadFieldError(_missing(question.kind))
        return None
    if question.kind == "choice":
        return read_choice(raw, question.options)
    return _number(raw) if question.kind == "number" else _text(raw)


def read_choice(raw: str, options: Sequence[Option]) -> str:
    """Return the option that was chosen; raise `BadFieldError` for anything else."""
    if raw not in [option.name for option in options]:
        raise BadFieldError(_missing("choice"))
    return raw


def _missing(kind: str) -> str:
    return {
        "choice": _("Choose one of the answers."),
        "number": _("Write a number in digits, such as 34."),
        "text": _("Write something here."),
    }[kind]


def _number(raw: str) -> int | float:
    if not NUMBER.match(raw):
        raise BadFieldError(_missing("number"))
    number = float(raw.replace(",", "."))
    return int(number) if number.is_integer() else number


def _text(raw: str) -> str:
    if len(raw) > LONGEST_TEXT:
        words = {"most": LONGEST_TEXT, "count": len(raw)}
        raise BadFieldError(_("Use at most %(most)d characters; these are %(count)d.") % words)
    if "\0" in raw:
        raise BadFieldError(_("There is a character in it that cannot be stored. Write it again."))
    return raw
