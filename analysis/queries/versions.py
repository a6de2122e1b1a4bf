"""Which study and which of its versions a command or page is about."""

from django.db.models import Count

from analysis.enums import Population
from analysis.errors import UnknownStudyError
from annotations.enums import AssignmentState, ParticipantKind
from annotations.models import Assignment, Study, StudyVersion

# Pilots and previews are in neither: no figure is about them.
KINDS: dict[Population, tuple[ParticipantKind, ...]] = {
    Population.PEOPLE: (ParticipantKind.PERSON, ParticipantKind.IMPORTED),
    Population.SIMULATED: (ParticipantKind.SIMULATED,),
}


def version_of(slug: str, number: int | None = None) -> StudyVersion:
    """Return the version of a study that newcomers get, or the one with `number`; raise `UnknownStudyError`."""
    study = Study.objects.filter(slug=slug).first()
    if study is None:
        raise UnknownStudyError.slug(slug, list(Study.objects.values_list("slug", flat=True)))
    newest = study.version_to_join()
    wanted = number or (newest.number if newest else 1)
    versions = study.versions.select_related("study", "corpus")
    found = versions.filter(number=wanted).first()
    if found is None:
        raise UnknownStudyError.version(slug, wanted, list(versions.values_list("number", flat=True)))
    return found


def answers_elsewhere(version: StudyVersion, population: Population) -> dict[int, int]:
    """Return how many pages one population answered in other versions of the study, by the version's number."""
    others = Assignment.objects.filter(
        state=AssignmentState.ANSWERED,
        participant__kind__in=KINDS[population],
        participant__version__study=version.study_id,
    ).exclude(participant__version=version)
    counted = others.order_by().values_list("participant__version__number").annotate(n=Count("pk"))
    return dict(sorted(counted))
