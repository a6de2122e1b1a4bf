"""Trials with the clips in their slots."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from annotations.admin.pages import EvidenceMixin, ModelAdmin, TableMixin, TabularInline, link, list_link, pretty
from annotations.models import Assignment, Trial, TrialClip
from corpus.admin import player


class ClipTable(TableMixin, TabularInline[TrialClip, Trial]):
    """The clips of a trial, to be heard."""

    model = TrialClip
    fields = ["slot", "stimulus_link", "token", "speaker", "sound"]
    readonly_fields = ["stimulus_link", "token", "speaker", "sound"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrialClip]:
        """Fetch the stimuli of all clips at once."""
        return super().get_queryset(request).select_related("stimulus__served")

    @admin.display(description="stimulus")
    def stimulus_link(self, clip: TrialClip) -> SafeString | str:
        """Return its stimulus, linked."""
        return link(clip.stimulus)

    @admin.display
    def token(self, clip: TrialClip) -> str:
        """Return what is said."""
        return clip.stimulus.token

    @admin.display
    def speaker(self, clip: TrialClip) -> str:
        """Return who says it."""
        return clip.stimulus.speaker

    @admin.display
    def sound(self, clip: TrialClip) -> SafeString:
        """Return a player."""
        return player(clip.stimulus.served)


@admin.register(Trial)
class TrialAdmin(EvidenceMixin, ModelAdmin[Trial]):
    """Trials: what is heard, and how many ratings they have of those planned."""

    list_display = ["key", "version_link", "task_name", "context_link", "stratum", "block", "check_kind", "ratings"]
    list_filter = ["version__study", "version__number", "task__name", "check_kind", "block"]
    search_fields = ["key", "stratum", "context__key", "clips__stimulus__key", "version__study__slug"]
    list_select_related = ["version__study", "task", "context"]
    inlines = [ClipTable]
    fields = [
        ("key", "version_link", "task_link"),
        ("context_link", "true_slot"),
        ("stratum", "block", "position"),
        ("check_kind", "answers_json"),
        ("planned", "taken", "given", "priority"),
        "attributes_json",
    ]
    readonly_fields = ["version_link", "task_link", "context_link", "given", "answers_json", "attributes_json"]

    @admin.display(description="version", ordering="version__study__slug")
    def version_link(self, trial: Trial) -> SafeString | str:
        """Return its version, linked."""
        return link(trial.version)

    @admin.display(description="task", ordering="task__name")
    def task_name(self, trial: Trial) -> str:
        """Return the name of its task."""
        return trial.task.name

    @admin.display(description="task")
    def task_link(self, trial: Trial) -> SafeString | str:
        """Return its task, linked."""
        return link(trial.task)

    @admin.display(description="context", ordering="context__key")
    def context_link(self, trial: Trial) -> SafeString | str:
        """Return its context, linked."""
        return link(trial.context)

    @admin.display(ordering="taken")
    def ratings(self, trial: Trial) -> str:
        """Return how many it has (or are being given) of those planned."""
        return f"{trial.taken} of {trial.planned}"

    @admin.display(description="given to")
    def given(self, trial: Trial) -> SafeString:
        """Return a link to everyone who got it."""
        return list_link(Assignment, "participants", q=trial.key)

    @admin.display(description="right answers")
    def answers_json(self, trial: Trial) -> SafeString:
        """Return the key of a check."""
        return pretty(trial.answers)

    @admin.display(description="attributes")
    def attributes_json(self, trial: Trial) -> SafeString:
        """Return the further columns of the plan."""
        return pretty(trial.attributes)


@admin.register(TrialClip)
class TrialClipAdmin(EvidenceMixin, ModelAdmin[TrialClip]):
    """Clips of trials: where a stimulus is heard."""

    list_display = ["trial_link", "slot", "stimulus_link", "token"]
    list_display_links = None
    list_filter = ["slot", "trial__version__study", "trial__version__number"]
    search_fields = ["trial__key", "stimulus__key", "stimulus__token"]
    list_select_related = ["trial", "stimulus"]
    ordering = ["trial", "slot"]
    fields = ["trial_link", "slot", "stimulus_link"]
    readonly_fields = ["trial_link", "stimulus_link"]

    @admin.display(description="trial", ordering="trial__key")
    def trial_link(self, clip: TrialClip) -> SafeString | str:
        """Return its trial, linked."""
        return link(clip.trial)

    @admin.display(description="stimulus", ordering="stimulus__key")
    def stimulus_link(self, clip: TrialClip) -> SafeString | str:
        """Return its stimulus, linked."""
        return link(clip.stimulus)

    @admin.display(ordering="stimulus__token")
    def token(self, clip: TrialClip) -> str:
        """Return what is said."""
        return clip.stimulus.token
