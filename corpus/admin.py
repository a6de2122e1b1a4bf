"""Admin pages: corpora, stimuli with their sound, audio files. What an import measured cannot be edited."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from corpus.enums import StimulusRole
from corpus.models import AudioFile, Corpus, ServedAudio, Stimulus

if TYPE_CHECKING:
    CorpusBase = admin.ModelAdmin[Corpus]
    AudioBase = admin.ModelAdmin[AudioFile]
    ServedBase = admin.ModelAdmin[ServedAudio]
    StimulusBase = admin.ModelAdmin[Stimulus]
    ServedInlineBase = admin.TabularInline[ServedAudio, AudioFile]
else:
    CorpusBase = AudioBase = ServedBase = StimulusBase = admin.ModelAdmin
    ServedInlineBase = admin.TabularInline


class ReadOnlyMixin:
    """Pages to look at: nothing is added, changed or deleted here, because results rest on what was imported."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


def player(served: ServedAudio) -> SafeString:
    """Return a player of what listeners hear; it fetches nothing before it is pressed."""
    return format_html('<audio controls preload="none" src="{}"></audio>', served.get_absolute_url())


@admin.register(Corpus)
class CorpusAdmin(CorpusBase):
    """Corpora; only the title can be edited."""

    list_display = [
        "slug",
        "title",
        "synthetic",
        "backchannels",
        "contexts",
        "minutes",
        "loudness_target",
        "updated_at",
    ]
    list_filter = ["synthetic", "created_at"]
    search_fields = ["slug", "title", "digest"]
    readonly_fields = ["slug", "synthetic", "source", "digest", "loudness_target", "created_at", "updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Corpus]:
        """Count the stimuli of all corpora in one query."""
        of_role = {role: Count("stimuli", filter=Q(stimuli__role=role)) for role in StimulusRole}
        return (
            super()
            .get_queryset(request)
            .annotate(
                n_backchannels=of_role[StimulusRole.BACKCHANNEL],
                n_contexts=of_role[StimulusRole.CONTEXT],
                seconds=Sum("stimuli__served__duration"),
            )
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a corpus is made by an import."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Corpus | None = None) -> bool:
        """Refuse: results rest on it."""
        return False

    @admin.display(ordering="n_backchannels")
    def backchannels(self, corpus: Any) -> int:
        """Return how many."""
        return int(corpus.n_backchannels)

    @admin.display(ordering="n_contexts")
    def contexts(self, corpus: Any) -> int:
        """Return how many."""
        return int(corpus.n_contexts)

    @admin.display(ordering="seconds")
    def minutes(self, corpus: Any) -> str:
        """Return how many of sound, as served."""
        return f"{(corpus.seconds or 0) / 60:.1f}"


@admin.register(Stimulus)
class StimulusAdmin(ReadOnlyMixin, StimulusBase):
    """Stimuli: what they are, how they sound, how loud they came."""

    list_display = ["key", "corpus", "role", "token", "speaker", "dialogue", "seconds", "came_with", "sound"]
    list_filter = ["corpus", "role", ("token", admin.AllValuesFieldListFilter)]
    search_fields = ["key", "token", "speaker", "dialogue", "transcript", "audio__sha256"]
    list_select_related = ["corpus", "audio", "served"]
    ordering = ["corpus__slug", "key"]
    list_per_page = 50
    fields = [
        ("key", "corpus", "role"),
        "sound",
        "transcript",
        ("token", "speaker", "dialogue"),
        ("channel", "start", "end"),
        ("seconds", "came_with", "heard_at"),
        "attributes",
        "source_path",
        ("audio", "served"),
    ]
    readonly_fields = ["sound", "seconds", "came_with", "heard_at"]

    @admin.display(description="heard as")
    def sound(self, stimulus: Stimulus) -> SafeString:
        """Return a player."""
        return player(stimulus.served)

    @admin.display(ordering="served__duration", description="seconds")
    def seconds(self, stimulus: Stimulus) -> str:
        """Return the duration as served."""
        return f"{stimulus.served.duration:.2f}"

    @admin.display(ordering="audio__loudness", description="LUFS as it came")
    def came_with(self, stimulus: Stimulus) -> str:
        """Return the loudness of the original."""
        return f"{stimulus.audio.loudness:.1f}"

    @admin.display(description="LUFS on both ears")
    def heard_at(self, stimulus: Stimulus) -> str:
        """Return the loudness as served, and whether peaks kept it lower."""
        return f"{stimulus.served.loudness:.1f}" + (" (limited by its peaks)" if stimulus.served.is_limited else "")


class ServedInline(ReadOnlyMixin, ServedInlineBase):
    """What browsers get of a file."""

    model = ServedAudio
    fields = ["channel", "target", "gain", "loudness", "peak", "duration", "sound"]
    readonly_fields = ["sound"]

    @admin.display(description="heard as")
    def sound(self, served: ServedAudio) -> SafeString:
        """Return a player."""
        return player(served)


@admin.register(AudioFile)
class AudioFileAdmin(ReadOnlyMixin, AudioBase):
    """Files as they came."""

    list_display = ["__str__", "format", "rate", "channels", "duration", "peak", "loudness", "loudness_rule", "clipped"]
    list_filter = ["format", "channels", "rate", "loudness_rule", "stimuli__corpus"]
    search_fields = ["sha256", "stimuli__key"]
    inlines = [ServedInline]


@admin.register(ServedAudio)
class ServedAudioAdmin(ReadOnlyMixin, ServedBase):
    """What browsers get, and what was done to it."""

    list_display = ["__str__", "audio", "channel", "target", "gain", "loudness", "peak", "duration", "sound"]
    list_filter = ["target", "channel"]
    search_fields = ["sha256", "audio__sha256", "stimuli__key"]
    list_select_related = ["audio"]
    readonly_fields = ["sound"]

    @admin.display(description="heard as")
    def sound(self, served: ServedAudio) -> SafeString:
        """Return a player."""
        return player(served)
