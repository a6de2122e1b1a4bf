"""Participants, and what recruiting platforms call them. Excluding one is a flag with a reason."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from annotations.admin.pages import EvidenceMixin, ModelAdmin, TableMixin, TabularInline, count_of, link, pretty
from annotations.enums import AssignmentState
from annotations.models import Assignment, Participant, PlatformIdentity
from annotations.services.exclusion import LONGEST_REASON, exclude_participant, include_participant
from corpus.errors import DomainError


class ReasonForm(ActionForm):
    """An action of the list, with a reason where it needs one."""

    reason = forms.CharField(required=False, max_length=LONGEST_REASON, label="Reason (to exclude)")


class IdentityTable(TableMixin, TabularInline[PlatformIdentity, Participant]):
    """What the platform calls the participant."""

    model = PlatformIdentity
    fields = ["platform", "external_id", "details"]


class AssignmentTable(TableMixin, TabularInline[Assignment, Participant]):
    """The trials that a participant got."""

    model = Assignment
    fields = ["position", "trial_link", "presented", "state", "counts", "reserved_at", "expires_at"]
    readonly_fields = ["trial_link"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        """Fetch all trials at once."""
        return super().get_queryset(request).select_related("trial")

    @admin.display(description="trial")
    def trial_link(self, assignment: Assignment) -> SafeString | str:
        """Return its trial, linked."""
        return link(assignment.trial)


@admin.register(Participant)
class ParticipantAdmin(EvidenceMixin, ModelAdmin[Participant]):
    """Participants: how far they came, and whether they are left out of the figures, and why."""

    list_display = [
        "key",
        "version_link",
        "kind",
        "stage",
        "language",
        "answered",
        "excluded",
        "exclusion",
        "arrived_at",
        "finished_at",
    ]
    list_filter = ["version__study", "version__number", "kind", "stage", "excluded", "language", "arrived_at"]
    search_fields = ["key", "identity__external_id", "completion_code", "exclusion"]
    list_select_related = ["version__study"]
    date_hierarchy = "arrived_at"
    inlines = [IdentityTable, AssignmentTable]
    action_form = ReasonForm
    actions = ["exclude_selected", "include_selected"]
    fields = [
        ("key", "version_link", "kind", "stage"),
        ("excluded", "exclusion"),
        ("arrived_at", "finished_at", "completion_code"),
        ("consented_at", "consent_version", "language"),
        ("seed", "origin_json"),
    ]
    readonly_fields = ["version_link", "origin_json"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participant]:
        """Count the answers of all participants in one query."""
        answered = Assignment.objects.filter(state=AssignmentState.ANSWERED)
        return super().get_queryset(request).annotate(n_answered=count_of(answered, "participant"))

    def has_exclude_permission(self, request: HttpRequest) -> bool:
        """Let those exclude who may change participants."""
        return request.user.has_perm("annotations.change_participant")

    @admin.display(description="version", ordering="version__study__slug")
    def version_link(self, participant: Participant) -> SafeString | str:
        """Return the version they take part in, linked."""
        return link(participant.version)

    @admin.display(ordering="n_answered")
    def answered(self, participant: Any) -> int:
        """Return how many trials they answered."""
        return int(participant.n_answered)

    @admin.display(description="origin")
    def origin_json(self, participant: Participant) -> SafeString:
        """Return how a simulated or imported one was made."""
        return pretty(participant.origin)

    @admin.action(description="Exclude from the figures (give a reason)", permissions=["exclude"])
    def exclude_selected(self, request: HttpRequest, participants: QuerySet[Participant]) -> None:
        """Flag the selected participants as excluded."""
        try:
            for participant in participants:
                exclude_participant(participant=participant, reason=request.POST.get("reason", ""))
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"{len(participants)} excluded; nothing was deleted.", messages.SUCCESS)

    @admin.action(description="Include again", permissions=["exclude"])
    def include_selected(self, request: HttpRequest, participants: QuerySet[Participant]) -> None:
        """Take the selected participants in again."""
        for participant in participants:
            include_participant(participant=participant)
        self.message_user(request, f"{len(participants)} included again.", messages.SUCCESS)


@admin.register(PlatformIdentity)
class PlatformIdentityAdmin(EvidenceMixin, ModelAdmin[PlatformIdentity]):
    """Who is who on the recruiting platform. Never part of an export."""

    list_display = ["external_id", "platform", "study", "participant_link"]
    list_filter = ["platform", "study"]
    search_fields = ["external_id", "participant__key"]
    list_select_related = ["participant", "study"]
    fields = ["external_id", "platform", "study", "participant_link", "details"]
    readonly_fields = ["participant_link"]

    @admin.display(description="participant", ordering="participant__key")
    def participant_link(self, identity: PlatformIdentity) -> SafeString | str:
        """Return the participant, linked."""
        return link(identity.participant)
