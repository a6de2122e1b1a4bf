"""How listening works, and how many pages there are."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from annotations.enums import Stage
from annotations.queries.pages import pages_of
from annotations.steps.base import Outcome, Standing, Step
from annotations.study_file.schema import StudyDefinition


class Instructions(Step):
    """Read by everybody; whoever comes back after a long pause reads them again."""

    name = "instructions"
    template = "annotations/steps/instructions.html"
    order = 40
    required = False

    def wanted(self, definition: StudyDefinition) -> bool:
        """Tell that every study has instructions."""
        return True

    def heading(self) -> str:
        """Return the title of the page."""
        return _("How it works")

    def display(self, standing: Standing) -> dict[str, Any]:
        """Return the text (Markdown), the number of pages, and whether they are back or more steps follow."""
        text = standing.definition.instructions.get(standing.language, "")
        again = standing.participant.stage == Stage.WORKING
        more = bool(standing.definition.examples or standing.definition.comprehension)
        return {
            "instructions": text,
            "pages": pages_of(standing.participant.version),
            "again": again,
            "more": again or more,
        }

    def read(self, sent: Mapping[str, str], standing: Standing) -> Outcome:
        """Return that they were read."""
        return Outcome()


STEP = Instructions()
