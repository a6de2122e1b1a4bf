"""The form after the trials."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from annotations.steps._form import FormStep
from annotations.study_file.parts import FormQuestion
from annotations.study_file.schema import StudyDefinition


class FormAfter(FormStep):
    """The questions of `after`."""

    name = "form_after"
    order = 110

    def questions(self, definition: StudyDefinition) -> Sequence[FormQuestion]:
        """Return the questions of `after`."""
        return definition.after

    def heading(self) -> str:
        """Return the title of the page."""
        return _("A few questions at the end")


STEP = FormAfter()
