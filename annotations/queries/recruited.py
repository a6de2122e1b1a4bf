"""Who came to a study from a recruiting platform."""

from django.db.models import Count, Q

from annotations.design.submissions import Stored
from annotations.enums import AssignmentState, ParticipantKind, Stage
from annotations.models import Participant, Study
from annotations.platforms import platform_called
from annotations.queries.pages import pages_of

PEOPLE = (ParticipantKind.PERSON, ParticipantKind.PILOT)


def recruited(study: Study, platform: str) -> list[Stored]:
    """Return everyone whom a platform sent to a study, of every version, in the order in which they came."""
    answered = Count("assignments", filter=Q(assignments__state=AssignmentState.ANSWERED))
    people = Participant.objects.filter(version__study=study, kind__in=PEOPLE, identity__platform=platform)
    session = platform_called(platform).session
    wanted = {version.pk: pages_of(version) for version in study.versions.all()}
    return [
        Stored(
            key=one.key,
            participant=one.identity.external_id,
            session=str(one.identity.details.get(session, "")),
            stage=one.get_stage_display(),
            done=one.stage == Stage.DONE,
            answered=one.n_answered,
            wanted=wanted[one.version_id],
            code=one.completion_code,
            arrived=one.arrived_at,
            finished=one.finished_at,
            excluded=one.exclusion if one.excluded else "",
        )
        for one in people.annotate(n_answered=answered).select_related("identity").order_by("arrived_at", "pk")
    ]


def people_without_identity(study: Study) -> int:
    """Count the people who came without an id, so that no platform's list can name them."""
    return Participant.objects.filter(version__study=study, kind__in=PEOPLE, identity=None).count()
