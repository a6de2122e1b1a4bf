"""Take over from a platform's list who has left, so that their ratings can be given to others."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from annotations.design.submissions import Standing
from annotations.enums import Stage
from annotations.models import Participant, Study
from annotations.services.leaving import UNFINISHED, leave

STAGES = {Standing.RETURNED: Stage.RETURNED, Standing.TIMED_OUT: Stage.TIMED_OUT}


@dataclass(frozen=True, slots=True)
class Released:
    """How many people were let go, by stage, and how many ratings reopened."""

    returned: int = 0
    timed_out: int = 0
    reopened: int = 0


@transaction.atomic
def release(*, study: Study, left: Mapping[str, Standing], dry_run: bool = False) -> Released:
    """Let everyone have returned or timed out who is on the way here and has left by the platform's list.

    `left`: by participant key. Done twice, it does nothing the second time; a `dry_run` changes nothing at all.
    """
    rows = Participant.objects.filter(version__study=study, key__in=list(left), stage__in=UNFINISHED)
    # All of them first: participants are locked before any trial is.
    people = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    stages = [STAGES[left[one.key]] for one in people]
    reopened = sum(leave(participant=one, stage=stage) for one, stage in zip(people, stages, strict=True))
    transaction.set_rollback(dry_run)
    return Released(stages.count(Stage.RETURNED), stages.count(Stage.TIMED_OUT), reopened)
