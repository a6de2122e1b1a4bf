"""How a study stands, for programs: read-only, for staff."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response

from analysis.enums import Population
from analysis.errors import UnknownStudyError
from analysis.queries.progress import collected
from analysis.queries.run_lines import runs_of
from analysis.queries.versions import version_of


class StageSerializer(serializers.Serializer[Any]):
    """Participants at a stage."""

    stage = serializers.CharField()
    count = serializers.IntegerField()


class RunSerializer(serializers.Serializer[Any]):
    """An embedding run."""

    # `label` is what a serializer's field calls itself; the run's own is read from there.
    model = serializers.CharField(source="label")
    encoder = serializers.CharField()
    digest = serializers.CharField()
    state = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    reason = serializers.CharField()
    advice = serializers.CharField()


class PopulationSerializer(serializers.Serializer[Any]):
    """What one population has given."""

    population = serializers.CharField()
    stages = StageSerializer(many=True)
    excluded = serializers.IntegerField()
    answers = serializers.IntegerField()
    planned = serializers.IntegerField()


class StudyStateSerializer(serializers.Serializer[Any]):
    """How a study stands."""

    study = serializers.CharField()
    version = serializers.IntegerField()
    state = serializers.CharField()
    populations = PopulationSerializer(many=True)
    runs = RunSerializer(many=True)


class StudyState(GenericAPIView[Any]):
    """How a study stands: participants, answers and embedding runs; people and simulated listeners apart."""

    permission_classes = (IsAdminUser,)
    serializer_class = StudyStateSerializer

    def get(self, request: Request, slug: str) -> Response:
        """Return the state as JSON."""
        try:
            version = version_of(slug)
        except UnknownStudyError as error:
            raise Http404(str(error)) from error
        populations = [(population, collected(version, population)) for population in Population]
        return Response(
            StudyStateSerializer(
                {
                    "study": slug,
                    "version": version.number,
                    "state": version.study.state,
                    "populations": [
                        {
                            "population": population.value,
                            "stages": so_far.stages,
                            "excluded": so_far.excluded,
                            "answers": so_far.answers,
                            "planned": so_far.planned,
                        }
                        for population, so_far in populations
                    ],
                    "runs": runs_of(version.corpus_id),
                }
            ).data
        )
