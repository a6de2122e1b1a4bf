"""At which step before or after the trials a participant is."""

from collections.abc import Iterator
from datetime import datetime

from annotations.models import Participant, StepResult
from annotations.queries.pauses import reminder_due
from annotations.queries.prepared import Parameter, Rows
from annotations.steps import steps
from annotations.steps.base import AFTER_TRIALS, Standing, Step
from annotations.study_file.schema import StudyDefinition


def step_before(participant: Participant, definition: StudyDefinition) -> Step | None:
    """Return the first step before the trials that a participant has not settled; None if there is none left."""
    return next(_unsettled(participant, definition, after=False), None)


def step_after(participant: Participant, definition: StudyDefinition) -> Step | None:
    """Return the first step after the trials that a participant has not settled; None if there is none left."""
    return next(_unsettled(participant, definition, after=True), None)


def missing_step(participant: Participant, definition: StudyDefinition, *, after: bool) -> Step | None:
    """Return a required step that a participant has not settled; None if there is none."""
    return next((step for step in _unsettled(participant, definition, after=after) if step.required), None)


def instructions_again(
    participant: Participant, definition: StudyDefinition, now: datetime, last_answer: datetime | None
) -> Step | None:
    """Return the instructions if someone who has trials left was away long enough to forget them."""
    return steps()["instructions"] if reminder_due(participant, definition, now, last_answer) else None


def failed_step(participant: Participant) -> str:
    """Return the name of the step that a participant failed last; empty if there is none."""
    failed = participant.steps.filter(passed=False).order_by("done_at", "pk")
    return failed.values_list("step", flat=True).last() or ""


def standing_of(participant: Participant, definition: StudyDefinition, step: Step, language: str) -> Standing:
    """Return how a participant stands at a step."""
    earlier = list(participant.steps.filter(step=step.name).order_by("attempt"))
    return Standing(participant, definition, language, earlier)


def notice_before(participant: Participant, step: Step) -> str:
    """Return what the page of a step says about the result of the step before it; empty if there is nothing to say."""
    before = participant.steps.exclude(step=step.name).order_by("done_at", "pk").last()
    taken = steps().get(before.step) if before else None
    return taken.notice(before) if taken and before else ""


def _unsettled(participant: Participant, definition: StudyDefinition, *, after: bool) -> Iterator[Step]:
    wanted = [step for step in steps().values() if (step.order >= AFTER_TRIALS) is after and step.wanted(definition)]
    if not wanted:
        return
    settled = {step for (step,) in _settled(participant=participant.pk)}
    yield from (step for step in wanted if step.name not in settled)


_settled = Rows(
    lambda: (
        StepResult.objects.filter(participant_id=Parameter("participant"), settled=True).order_by().values_list("step")
    )
)
