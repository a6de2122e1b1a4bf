"""What the forms before and after the trials share: the questions of the study, each answered in a field."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from annotations.errors import StepInvalidError
from annotations.steps._fields import BadFieldError, field_name, form_field, read_field
from annotations.steps.base import Outcome, Standing, Step
from annotations.study_file.parts import FormQuestion
from annotations.study_file.schema import StudyDefinition


class FormStep(Step):
    """Questions about the listener and the set-up. Nothing can be failed; `data` holds the answers by question."""

    template = "annotations/steps/form.html"

    @abstractmethod
    def questions(self, definition: StudyDefinition) -> Sequence[FormQuestion]:
        """Return the questions of this form."""

    def wanted(self, definition: StudyDefinition) -> bool:
        """Tell whether the study asks anything here."""
        return bool(self.questions(definition))

    def display(self, standing: Standing) -> dict[str, Any]:
        """Return the fields."""
        return {"fields": [form_field(one, standing.language) for one in self.questions(standing.definition)]}

    def read(self, sent: Mapping[str, str], standing: Standing) -> Outcome:
        """Return the answers that were given."""
        answers: dict[str, str | int | float | None] = {}
        faults = {}
        for question in self.questions(standing.definition):
            try:
                answers[question.name] = read_field(question, sent)
            except BadFieldError as error:
                faults[field_name(question.name)] = str(error)
        if faults:
            raise StepInvalidError(faults)
        return Outcome(data={"answers": {name: one for name, one in answers.items() if one is not None}})
