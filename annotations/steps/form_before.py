"""The form before anything else: questions about the listener and the set-up."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from annotations.steps._form import FormStep
from annotations.study_file.parts import FormQuestion
from annotations.study_file.schema import StudyDefinition


class FormBefore(FormStep):
    """The questions of `before`."""

    name = "form_before"
    order = 10

    def questions(self, definition: StudyDefinition) -> Sequence[FormQuestion]:
        """Return the questions of `before`."""
        return definition.before

    def heading(self) -> str:
        """Return the title of the page."""
        return _("A few questions first")


STEP = FormBefore()
