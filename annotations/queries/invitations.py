"""Who was invited: tokens that admit one person each, and those that let somebody try a study out."""

import re

from annotations.enums import ParticipantKind
from annotations.errors import NotInvitedError
from annotations.models import Invitation, Study
from annotations.study_file.schema import StudyDefinition

PILOT_PREFIX = "pilot-"
_PILOT = re.compile(PILOT_PREFIX + r"[0-9a-f]{20}")


def is_pilot_token(external_id: str) -> bool:
    """Tell whether an id has the form of a token that lets somebody try a study out, on whatever platform it is."""
    return _PILOT.fullmatch(external_id) is not None


def check_invited(study: Study, definition: StudyDefinition, *, external_id: str, kind: str) -> None:
    """Raise `NotInvitedError` where an invitation is needed and `external_id` is none, or one that was revoked.

    Researchers who try a study out, and simulated listeners, need none.
    """
    token = is_pilot_token(external_id)
    if not token and not (definition.recruitment.invitation_only and kind == ParticipantKind.PERSON):
        return
    invitation = Invitation.objects.filter(study=study, token=external_id).first() if external_id else None
    if invitation is None or invitation.revoked_at is not None:
        raise NotInvitedError(revoked=invitation is not None)
