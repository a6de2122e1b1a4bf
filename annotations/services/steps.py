"""Take a step before or after the trials: read what was sent, store it once, go on."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from annotations.enums import Stage
from annotations.errors import WrongStageError
from annotations.models import Participant, StepResult
from annotations.queries.participants import answers_so_far, locked_again
from annotations.queries.steps import instructions_again, standing_of, step_after, step_before
from annotations.queries.studies import check_open
from annotations.services.allocation import has_work
from annotations.services.participation import begin
from annotations.steps.base import Outcome, Step, Verdict
from annotations.study_file.schema import StudyDefinition, definition_of


@transaction.atomic
def complete_step(
    *, participant: Participant, step: str, attempt: int, sent: Mapping[str, str], language: str
) -> Participant:
    """Store what a participant did at the step where they are; return the participant as they are now.

    Sent again, for an `attempt` that is stored, nothing happens. With the last step before the trials they begin.

    Raises `WrongStageError` at another step, `StudyNotOpenError`, and `StepInvalidError` for an incomplete form.
    """
    current = locked_again(participant)
    if current.steps.filter(step=step, attempt=attempt).exists():
        return current
    check_open(current.version.study, current.kind)
    definition = definition_of(current.version)
    taken = current_step(participant=current, definition=definition)
    if taken is None or taken.name != step:
        raise WrongStageError(current.stage)
    standing = standing_of(current, definition, taken, language)
    outcome = taken.read(sent, standing)
    _store(current, taken, standing.attempt, outcome)
    return _follow(current, definition, outcome.verdict)


def current_step(*, participant: Participant, definition: StudyDefinition) -> Step | None:
    """Return the step that a participant is at; None where trials come first, or nothing is left.

    Whoever comes back to the trials after a long pause reads the instructions again before.
    """
    if participant.stage == Stage.CONSENTED:
        return step_before(participant, definition)
    if participant.stage != Stage.WORKING:
        return None
    if not has_work(participant):
        return step_after(participant, definition)
    last_answer = answers_so_far(participant).last_at
    return instructions_again(participant, definition, timezone.now(), last_answer)


def _store(current: Participant, step: Step, attempt: int, outcome: Outcome) -> None:
    StepResult.objects.create(
        participant=current,
        step=step.name,
        attempt=attempt,
        passed=outcome.passed,
        settled=outcome.verdict == Verdict.GO_ON,
        score=outcome.score,
        out_of=outcome.out_of,
        data=dict(outcome.data),
    )


def _follow(current: Participant, definition: StudyDefinition, verdict: Verdict) -> Participant:
    if verdict == Verdict.OUT:
        current.stage, current.finished_at = Stage.SCREENED_OUT, timezone.now()
        current.completion_code = definition.recruitment.codes.screened_out
        current.save(update_fields=["stage", "finished_at", "completion_code"])
    elif current.stage == Stage.CONSENTED and step_before(current, definition) is None:
        return begin(participant=current)
    return current
