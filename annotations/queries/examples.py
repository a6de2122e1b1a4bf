"""Worked examples: the practice trials that are shown with their answers instead of being asked."""

from django.db.models import QuerySet

from annotations.enums import Check
from annotations.models import StudyVersion, Trial
from annotations.study_file.schema import StudyDefinition, definition_of

EXPLANATION = "explanation"
"""The attribute of a trial that says why its answers are right; with `_en`, `_sv`, … in one language."""


def example_trials(version: StudyVersion, definition: StudyDefinition) -> list[Trial]:
    """Return the trials that a version shows as examples, in order, with their tasks and contexts."""
    if not definition.examples:
        return []
    keyed = _practice(version).filter(answers__isnull=False).select_related("task", "context__served")
    return list(keyed[: definition.examples])


def practice_trials(version: StudyVersion) -> QuerySet[Trial]:
    """Return the practice trials that participants answer, in the order of the plan."""
    shown = [trial.pk for trial in example_trials(version, definition_of(version))]
    return _practice(version).exclude(pk__in=shown) if shown else _practice(version)


def explanation_of(trial: Trial, language: str) -> str:
    """Return why the answers of a trial are right, as its study says it in a language; empty if it does not."""
    attributes = trial.attributes
    return str(attributes.get(f"{EXPLANATION}_{language}") or attributes.get(EXPLANATION) or "")


def _practice(version: StudyVersion) -> QuerySet[Trial]:
    return version.trials.filter(check_kind=Check.PRACTICE).order_by("position")
