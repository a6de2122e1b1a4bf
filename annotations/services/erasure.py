"""Delete everything that is known of a participant, and keep a record that it was done.

The only place where answers are deleted. To leave someone out of the figures, exclude them instead.
"""

import hashlib

from django.db import transaction

from annotations.enums import Stage
from annotations.errors import StudyError
from annotations.models import Assignment, Erasure, Judgement, Participant, Response, Study
from annotations.queries.erasure import erasures_of, participants_called
from annotations.services.recount import uncount

LONGEST_REASON = 200


def find_participant(*, study_slug: str, name: str) -> Participant:
    """Return the participant of a study by key or by the id a platform knows them by.

    Raises `StudyError` where there is none, saying so if the key was erased before, or more than one.
    """
    study = Study.objects.filter(slug=study_slug).first()
    if study is None:
        raise StudyError(f"There is no study {study_slug!r}. Load it with load_study.")
    found = participants_called(study, name)
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(one.key for one in found)
        raise StudyError(f"{name} is the id of several participants of {study_slug}. Give one of their keys: {keys}.")
    erased = erasures_of(study, _digest(name)).first()
    if erased is not None:
        raise StudyError(f"{name} was erased on {erased.erased_at:%Y-%m-%d at %H:%M} UTC; nothing is left.")
    raise StudyError(f"{study_slug} has no participant {name!r}. Give a participant's key, or the platform's id.")


@transaction.atomic
def erase_participant(*, participant: Participant, reason: str = "") -> Erasure:
    """Delete a participant with every answer, page and platform id; return the record of it.

    What they held or counted in is given back to its trials.
    """
    current = _locked(participant)
    erasure = _erase_data(current, reason)
    current.delete()
    return erasure


@transaction.atomic
def withdraw(*, participant: Participant) -> Participant:
    """Honour a withdrawal: delete what is known of the participant, as `erase_participant` does, but keep an empty row.

    The row holds the random key at the stage `withdrawn`, so that the browser that still has the key can be told,
    and those who withdrew can be counted. Done twice, it does nothing the second time.
    """
    current = _locked(participant)
    if current.stage == Stage.WITHDRAWN:
        return current
    _erase_data(current, "withdrew")
    _forget(current)
    current.stage = Stage.WITHDRAWN
    current.save()
    return current


def _locked(participant: Participant) -> Participant:
    rows = Participant.objects.select_for_update(of=("self",)).select_related("version__study")
    return rows.get(pk=participant.pk)


def _erase_data(one: Participant, reason: str) -> Erasure:
    """Delete everything but the participant's own row, in the order in which it hangs together."""
    pages = Assignment.objects.filter(participant=one)
    # Locked first: an answer that is being stored is waited for, and goes with the others.
    list(pages.order_by("pk").select_for_update())
    uncount(pages)
    answers = Response.objects.filter(assignment__participant=one)
    n_responses = answers.count()
    Judgement.objects.filter(response__in=answers).delete()
    answers.delete()
    pages.delete()
    # Whatever else hangs on a participant, now or in later versions of this code.
    for relation in Participant._meta.related_objects:
        relation.related_model._base_manager.filter(**{relation.field.name: one}).delete()
    return Erasure.objects.create(
        study=one.version.study,
        n_responses=n_responses,
        reason=reason[:LONGEST_REASON],
        participant_key_sha256=_digest(one.key),
    )


def _forget(one: Participant) -> None:
    """Empty every field that says something about the person."""
    blank = Participant(version=one.version, key=one.key, kind=one.kind, seed=0)
    for field in Participant._meta.concrete_fields:
        if not field.primary_key:
            setattr(one, field.attname, getattr(blank, field.attname))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
