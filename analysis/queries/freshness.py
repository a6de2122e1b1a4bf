"""Whether a snapshot still says what the answers say: compared by counts, without reading the answers."""

from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from analysis.enums import Population
from analysis.models import AgreementSnapshot, Prediction
from analysis.queries.versions import KINDS
from annotations.enums import Stage
from annotations.models import Participant, Response
from modeling.enums import RunState
from modeling.models import EmbeddingRun

LISTENERS = "listeners"
"""Where a snapshot's settings hold the listeners one by one. One of earlier code holds none, and is not current."""


def state_of(version_pk: int, population: Population) -> dict[str, Any]:
    """Return counts that change whenever figures may change: answers, exclusions, runs, predictions. Four queries."""
    participants = participants_of(version_pk, population)
    people = participants.aggregate(
        excluded=Count("pk", filter=Q(excluded=True)), withdrawn=Count("pk", filter=Q(stage=Stage.WITHDRAWN))
    )
    responses = Response.objects.filter(
        assignment__participant__version=version_pk, assignment__participant__kind__in=KINDS[population]
    ).aggregate(answers=Count("pk"), last=Max("pk"))
    predictions = Prediction.objects.filter(trial__version=version_pk).aggregate(predictions=Count("pk"))
    runs = EmbeddingRun.objects.filter(corpus__study_versions=version_pk, state=RunState.FINISHED).count()
    return {**people, **responses, **predictions, "runs": runs}


def participants_of(version_pk: int, population: Population) -> QuerySet[Participant]:
    """Return the participants of one population of a version."""
    return Participant.objects.filter(version=version_pk, kind__in=KINDS[population])


def latest_snapshot(version_pk: int, population: Population) -> AgreementSnapshot | None:
    """Return the newest snapshot, or None."""
    snapshots = AgreementSnapshot.objects.filter(version=version_pk, population=population)
    return snapshots.order_by("-created_at", "-pk").first()


def is_current(snapshot: AgreementSnapshot | None, state: dict[str, Any]) -> bool:
    """Tell whether a snapshot was made of answers and predictions in this state."""
    return snapshot is not None and snapshot.settings.get("state") == state and LISTENERS in snapshot.settings
