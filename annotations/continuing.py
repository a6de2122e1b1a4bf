"""The personal link with which somebody continues on another device: it names the participant, signed by this site.

It is not the participant's public key, which exports contain: nobody can make the link from that.
"""

from django.conf import settings
from django.core import signing

from annotations.models import Participant, Study

_SALT = "annotations.continue"


def continue_token(participant: Participant) -> str:
    """Return the token of a participant's link; it is good for as long as a session is."""
    return signing.dumps([participant.version.study_id, participant.pk], salt=_SALT)


def participant_of_token(*, study: Study, token: str) -> Participant | None:
    """Return the participant of a study whom a token names; None if it is no such token, too old, or they are gone."""
    try:
        study_id, pk = signing.loads(token, salt=_SALT, max_age=settings.SESSION_COOKIE_AGE)
    except signing.BadSignature:
        return None
    return Participant.objects.filter(version__study=study, pk=pk).first() if study_id == study.pk else None
