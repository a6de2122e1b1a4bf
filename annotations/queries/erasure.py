"""Whom an erasure is about, and what was erased before."""

from django.db.models import Q, QuerySet

from annotations.models import Erasure, Participant, Study


def participants_called(study: Study, name: str) -> list[Participant]:
    """Return the participants of a study with this key, or whom any platform knows by this id."""
    called = Q(key=name) | Q(identity__external_id=name)
    return list(Participant.objects.filter(called, version__study=study).select_related("version__study"))


def erasures_of(study: Study, key_sha256: str) -> QuerySet[Erasure]:
    """Return the records of erasures of a key, by its SHA-256."""
    return Erasure.objects.filter(study=study, participant_key_sha256=key_sha256)
