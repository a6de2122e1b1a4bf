"""At which step participants were screened out."""

from analysis.enums import Population
from analysis.queries.versions import KINDS
from annotations.enums import Stage
from annotations.models import StepResult, StudyVersion


def screened_out_at(version: StudyVersion, population: Population) -> dict[int, str]:
    """Return the last step that each participant who was screened out did not pass, in one query."""
    out = {"participant__version": version, "participant__kind__in": KINDS[population]}
    failed = StepResult.objects.filter(**out, participant__stage=Stage.SCREENED_OUT, passed=False)
    return dict(failed.order_by("participant_id", "done_at", "pk").values_list("participant_id", "step"))
