"""Links that admit one person each: made, and revoked."""

from django.db import transaction
from django.utils import timezone

from annotations.errors import StudyError
from annotations.models import Invitation, Study, random_key
from annotations.platforms import platform_called
from annotations.queries.invitations import PILOT_PREFIX
from annotations.queries.studies import version_to_join
from annotations.study_file.schema import StudyDefinition, definition_of

MOST = 10_000


@transaction.atomic
def invite(*, study_slug: str, n: int = 1, label: str = "", pilot: bool = False) -> list[Invitation]:
    """Make `n` invitations; with `pilot`, of people who try the study out and never count.

    Raises `StudyError` for an unknown study, a number out of range, and people of a study that a platform recruits for.
    """
    study, definition = _study(study_slug)
    if not 1 <= n <= MOST:
        raise StudyError(f"{n} invitations cannot be made at once. Give a number from 1 to {MOST}.")
    platform = definition.recruitment.platform
    if platform != "link" and not pilot:
        raise StudyError(
            f"{study_slug} takes the people whom {platform} sends. Use --pilot for links to try it out, "
            "or set recruitment.platform to link."
        )
    prefix = PILOT_PREFIX if pilot else ""
    made = [Invitation(study=study, token=prefix + random_key(), label=label.strip()[:120]) for _ in range(n)]
    return Invitation.objects.bulk_create(made)


@transaction.atomic
def revoke_invitation(*, study_slug: str, token: str) -> Invitation:
    """Let a token admit nobody any more, nor let anyone go on who came with it; once revoked, it stays so.

    Raises `StudyError` for an unknown study or token.
    """
    study, _ = _study(study_slug)
    invitation = Invitation.objects.select_for_update().filter(study=study, token=token).first()
    if invitation is None:
        raise StudyError(f"{study_slug} has no invitation {token!r}. The admin lists them under Invitations.")
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
    return invitation


def id_parameter_of(study_slug: str) -> str:
    """Return the parameter of the study's link that names who comes."""
    recruitment = _study(study_slug)[1].recruitment
    return recruitment.id_parameter or platform_called(recruitment.platform).id_parameter


def _study(slug: str) -> tuple[Study, StudyDefinition]:
    study = Study.objects.filter(slug=slug).first()
    if study is None or not study.versions.exists():
        raise StudyError(f"There is no study {slug!r} with a version. Load it with load_study.")
    version = version_to_join(slug)
    return study, definition_of(version)
