"""Move a study between draft, live, paused and closed."""

from django.db import transaction
from django.utils import timezone

from annotations.enums import ParticipantKind, StudyState
from annotations.errors import StudyError
from annotations.models import Participant, Study


@transaction.atomic
def set_state(*, study_slug: str, state: str) -> Study:
    """Set the state of a study. Going live freezes its newest version and gives it to newcomers.

    Raises `StudyError` for an unknown study or state, for going live without a version, and for making a draft of
    a study that people have taken part in.
    """
    if state not in StudyState.values:
        raise StudyError(f"There is no state {state!r}. Use one of: {', '.join(StudyState.values)}.")
    study = Study.objects.select_for_update().filter(slug=study_slug).first()
    if study is None:
        raise StudyError(f"There is no study {study_slug!r}. Load it with load_study.")
    if state == StudyState.LIVE:
        _freeze(study)
    if state == StudyState.DRAFT:
        _check_untouched(study)
    study.state = state
    study.save(update_fields=["state"])
    return study


def _freeze(study: Study) -> None:
    newest = study.versions.order_by("number").last()
    if newest is None:
        raise StudyError(f"{study.slug} has no version yet. Load one with load_study.")
    if newest.frozen_at is None:
        newest.frozen_at = timezone.now()
        newest.save(update_fields=["frozen_at"])


def _check_untouched(study: Study) -> None:
    if Participant.objects.filter(version__study=study, kind=ParticipantKind.PERSON).exists():
        raise StudyError(f"People have taken part in {study.slug}. Pause or close it instead.")
