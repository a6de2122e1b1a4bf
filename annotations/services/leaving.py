"""People who leave before they are done: their reservations end at once, and their ratings reopen by rule."""

from datetime import datetime, timedelta

from django.db import transaction

from annotations.enums import AssignmentState, ParticipantKind, Stage
from annotations.models import Participant, Study
from annotations.queries.participants import locked_again
from annotations.queries.studies import holds_place, places_held
from annotations.services.recount import uncount
from annotations.study_file.schema import definition_of

UNFINISHED = (Stage.ARRIVED, Stage.CONSENTED, Stage.WORKING)


@transaction.atomic
def leave(*, participant: Participant, stage: str) -> int:
    """Let a participant who is not done have returned or timed out; return how many ratings reopened.

    What is reserved for them is given back. What they answered is kept; it goes on counting unless `allocation.reopen`
    names the stage, or the study has blocks, which count whole. Of anybody else, and done twice, nothing changes.
    """
    current = locked_again(participant)
    if current.stage not in UNFINISHED:
        return 0
    definition = definition_of(current.version)
    pages = current.assignments.all()
    reserved = pages.filter(state=AssignmentState.RESERVED)
    whole = stage in definition.allocation.reopen or definition.allocation.design == "blocks"
    reopened = uncount(pages if whole else reserved)
    reserved.update(state=AssignmentState.EXPIRED)
    current.stage = Stage(stage)
    # Whoever comes back to a full study gets what everybody gets who comes to one.
    current.completion_code = definition.recruitment.codes.full if stage == Stage.TIMED_OUT else ""
    current.save(update_fields=["stage", "completion_code"])
    return reopened


def place_is_gone(person: Participant, now: datetime) -> bool:
    """Tell whether somebody else has the place of a person who was away. Call inside a transaction.

    The study's row is locked where it matters: neither a newcomer nor another one who comes back can come between.
    """
    definition = definition_of(person.version)
    places = definition.recruitment.places
    if places is None or person.kind != ParticipantKind.PERSON:
        return False
    since = now - timedelta(minutes=definition.allocation.reservation_minutes)
    if holds_place(person, since, now):
        return False
    study = Study.objects.select_for_update(no_key=True).get(pk=person.version.study_id)
    return places_held(study, since, now) >= places
