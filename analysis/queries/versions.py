"""Which study and which of its versions a command or page is about."""

from analysis.enums import Population
from analysis.errors import UnknownStudyError
from annotations.enums import ParticipantKind
from annotations.models import Study, StudyVersion

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
