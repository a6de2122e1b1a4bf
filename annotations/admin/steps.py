"""Results of screening and of the other steps before and after the trials, and invitations."""

from django.contrib import admin
from django.utils.safestring import SafeString

from annotations.admin.pages import EvidenceMixin, ModelAdmin, link, pretty
from annotations.models import Invitation, StepResult


@admin.register(StepResult)
class StepResultAdmin(EvidenceMixin, ModelAdmin[StepResult]):
    """What participants did at a step, how often, and whether it was good enough."""

    list_display = ["participant_link", "step", "attempt", "passed", "score", "out_of", "settled", "done_at"]
    list_filter = ["participant__version__study", "step", "passed", "settled", "done_at"]
    search_fields = ["participant__key", "step"]
    list_select_related = ["participant"]
    fields = [("participant_link", "step", "attempt"), ("passed", "score", "out_of", "settled"), "done_at", "data_json"]
    readonly_fields = ["participant_link", "data_json"]

    @admin.display(description="participant", ordering="participant__key")
    def participant_link(self, result: StepResult) -> SafeString | str:
        """Return the participant, linked."""
        return link(result.participant)

    @admin.display(description="data")
    def data_json(self, result: StepResult) -> SafeString:
        """Return the answers and how the page was used."""
        return pretty(result.data)


@admin.register(Invitation)
class InvitationAdmin(EvidenceMixin, ModelAdmin[Invitation]):
    """Links that admit one person each; made with `manage.py invite`."""

    list_display = ["token", "label", "study_link", "created_at", "revoked_at"]
    list_filter = ["study", "created_at", "revoked_at"]
    search_fields = ["token", "label"]
    list_select_related = ["study"]
    fields = ["token", "label", "study_link", "created_at", "revoked_at"]
    readonly_fields = ["study_link"]

    @admin.display(description="study", ordering="study__slug")
    def study_link(self, invitation: Invitation) -> SafeString | str:
        """Return its study, linked."""
        return link(invitation.study)
