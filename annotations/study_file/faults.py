"""From what pydantic found to faults that say where it was written, what is wrong and how to mend it."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from annotations.questions.base import shown
from annotations.study_file import parts
from annotations.study_file.source import Path, YamlSource
from annotations.study_file.written import (
    WrittenChecks,
    WrittenInstructed,
    WrittenQuestion,
    WrittenStudy,
    WrittenTask,
)
from annotations.study_file.written_forms import (
    WrittenComprehension,
    WrittenComprehensionQuestion,
    WrittenFormQuestion,
)
from annotations.study_file.written_texts import nearest
from corpus.errors import Fault

# Which part stands where: list positions and names of tasks are written *.
PARTS: Mapping[Path, type[parts.Part]] = {
    (): WrittenStudy,
    ("tasks", "*"): WrittenTask,
    ("tasks", "*", "questions", "*"): WrittenQuestion,
    ("design", "*", "triads"): parts.TriadDesign,
    ("design", "*", "contexts"): parts.ContextDesign,
    ("screening",): parts.Screening,
    ("checks",): WrittenChecks,
    ("checks", "instructed", "*"): WrittenInstructed,
    ("before", "*"): WrittenFormQuestion,
    ("after", "*"): WrittenFormQuestion,
    ("comprehension",): WrittenComprehension,
    ("comprehension", "questions", "*"): WrittenComprehensionQuestion,
    ("allocation",): parts.Allocation,
    ("recruitment",): parts.Recruitment,
    ("recruitment", "codes"): parts.Codes,
    ("exclude", "*", "attention_failed"): parts.AttentionFailed,
    ("exclude", "*", "median_rt_below_ms"): parts.MedianTooQuick,
    ("exclude", "*", "same_answer_share_above"): parts.SameAnswer,
    ("exclude", "*", "implausible_share_above"): parts.ImplausibleTimes,
}

# What pydantic calls a value of the wrong type, and how to write it.
WANTED = {
    "string_type": ("a text is wanted", "Put it in quotes"),
    "int_type": ("a whole number is wanted", "Write one, without quotes"),
    "float_type": ("a number is wanted", "Write one, without quotes"),
    "bool_type": ("true or false is wanted", "Write one of the two"),
    "list_type": ("a list is wanted", "Write [a, b] or one `- ` line for each"),
    "dict_type": ("keys with values are wanted", "Write {key: value} or one indented `key: value` line for each"),
    "model_type": ("keys with values are wanted", "Write {key: value} or one indented `key: value` line for each"),
    "model_attributes_type": ("keys with values are wanted", "Write {key: value} or one indented line for each"),
}

# What is wrong with a value, and what to do, filled from the limits that pydantic names.
LIMITS = {
    "greater_than_equal": ("is too small", "Give {ge} or more"),
    "greater_than": ("is too small", "Give more than {gt}"),
    "less_than_equal": ("is too large", "Give {le} or less"),
    "less_than": ("is too large", "Give less than {lt}"),
    "string_too_long": ("is too long", "Use at most {max_length} characters"),
    "string_too_short": ("is empty", "Write something, or take the key away"),
    "too_short": ("is empty", "Give at least {min_length}"),
    "string_pattern_mismatch": ("has characters that are not allowed here", "It must match {pattern}"),
    "finite_number": ("is not finite", "Give a number"),
}


def faults_of(error: ValidationError, source: YamlSource) -> list[Fault]:
    """Return a fault for everything that pydantic found."""
    found = []
    for each in error.errors(include_url=False):
        path = _written_path(each["loc"], source.data)
        path += tuple(each.get("ctx", {}).get("inside", ()))
        what, mend = _explain(each)
        found.append(source.fault(path, what, mend))
    return found


def _written_path(loc: tuple[str | int, ...], data: Any) -> Path:
    """Return where in the file pydantic means: without its own marks for keys and for members of a union."""
    path: list[str | int] = []
    for at, part in enumerate(loc):
        present = (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int))
        if not present and (part == "[key]" or at < len(loc) - 1 or not isinstance(data, dict)):
            continue
        path.append(part)
        data = data[part] if present else None
    return tuple(path)


def _explain(error: ErrorDetails) -> tuple[str, str]:
    """Return what is wrong and what to do about it."""
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "study":
        return context["what"], context["mend"]
    if kind == "missing":
        return "it is missing", f"Add `{error['loc'][-1]}: …`"
    if given is None:
        return "it is empty", "Write a value after the colon, or take the key away"
    if kind == "extra_forbidden":
        return "this key is not known", nearest(str(error["loc"][-1]), _known_keys(error["loc"][:-1]))
    if kind in WANTED:
        what, mend = WANTED[kind]
        return f"{what}, not {shown(given)}", mend
    if kind in LIMITS:
        what, mend = LIMITS[kind]
        return f"{shown(given)} {what}", mend.format(**context)
    return _explain_choice(error)


def _explain_choice(error: ErrorDetails) -> tuple[str, str]:
    """Explain a word that is none of the known ones; leave anything else in pydantic's words."""
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "union_tag_not_found":
        return f"{context['discriminator']} is missing", f"Say which with {context['discriminator']}"
    if kind == "union_tag_invalid":
        return f"{context['tag']!r} is not known", f"Write one of {context['expected_tags']}"
    if kind == "literal_error":
        return f"{shown(given)} is not known here", f"Write {context['expected']}"
    return error["msg"], "Change it"


def _known_keys(loc: tuple[str | int, ...]) -> list[str]:
    """Return the keys that may stand in the mapping at `loc`."""
    place = tuple("*" if isinstance(part, int) else part for part in loc)
    if place[:1] == ("tasks",):
        place = ("tasks", "*", *place[2:])
    fields = PARTS[place].model_fields
    return [field.alias or name for name, field in fields.items()]
