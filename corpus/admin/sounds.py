"""Admin pages: corpora, stimuli with their sound, audio files. What an import measured cannot be edited."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.safestring import SafeString

from corpus.admin.base import PlayerMedia, ReadOnlyMixin, measured, player
from corpus.enums import StimulusRole
from corpus.models import AudioFile, Corpus, Dialogue, ServedAudio, Stimulus

if TYPE_CHECKING:
    CorpusBase = admin.ModelAdmin[Corpus]
    AudioBase = admin.ModelAdmin[AudioFile]
    ServedBase = admin.ModelAdmin[ServedAudio]
    StimulusBase = admin.ModelAdmin[Stimulus]
    ServedInlineBase = admin.TabularInline[ServedAudio, AudioFile]
else:
    CorpusBase = AudioBase = ServedBase = StimulusBase = admin.ModelAdmin
    ServedInlineBase = admin.TabularInline


def _dialogues_of_corpus() -> QuerySet[Any]:
    of_corpus = Dialogue.objects.filter(corpus=OuterRef("pk")).order_by().values("corpus")
    return of_corpus.annotate(n=Count("pk")).values("n")


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
        "dialogue_count",
        "loudness_target",
        "updated_at",
    ]
    list_filter = ["synthetic", "created_at"]
    search_fields = ["slug", "title", "digest", "dialogues_digest"]
    readonly_fields = [
        "slug",
        "synthetic",
        "source",
        "digest",
        "dialogues_digest",
        "loudness_target",
        "created_at",
        "updated_at",
    ]

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
                # Counted apart: joined to the stimuli, every dialogue would count once for each of them.
                n_dialogues=Coalesce(Subquery(_dialogues_of_corpus()), 0),
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

    @admin.display(ordering="n_dialogues", description="dialogues")
    def dialogue_count(self, corpus: Any) -> int:
        """Return how many."""
        return int(corpus.n_dialogues)

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

    Media = PlayerMedia
    came: list[Any] = [measured("served.duration", "seconds", 2), measured("audio.loudness", "LUFS as it came")]
    list_display = ["key", "sound", "corpus", "role", "token", "speaker", "dialogue", *came]
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
        (*came, "heard_at"),
        "attributes",
        "source_path",
        ("audio", "served"),
    ]
    readonly_fields = ["sound", *came, "heard_at"]

    @admin.display(description="heard as")
    def sound(self, stimulus: Stimulus) -> SafeString:
        """Return a player."""
        return player(stimulus.served)

    @admin.display(description="LUFS on both ears")
    def heard_at(self, stimulus: Stimulus) -> str:
        """Return the loudness as served, and whether peaks kept it lower."""
        return f"{stimulus.served.loudness:.1f}" + (" (limited by its peaks)" if stimulus.served.is_limited else "")


_REACHED: list[Any] = [
    measured("gain", "gain, dB"),
    measured("loudness", "LUFS on both ears"),
    measured("peak", "dBTP"),
    measured("duration", "seconds", 2),
]


class ServedInline(ReadOnlyMixin, ServedInlineBase):
    """What browsers get of a file."""

    model = ServedAudio
    fields = ["sound", "channel", "target", *_REACHED]
    readonly_fields = ["sound", *_REACHED]

    @admin.display(description="heard as")
    def sound(self, served: ServedAudio) -> SafeString:
        """Return a player."""
        return player(served)


@admin.register(AudioFile)
class AudioFileAdmin(ReadOnlyMixin, AudioBase):
    """Files as they came."""

    Media = PlayerMedia
    list_display = [
        "__str__",
        "format",
        "rate",
        "channels",
        measured("duration", "seconds", 2),
        measured("peak", "dBFS"),
        measured("loudness", "LUFS"),
        "loudness_rule",
        measured("clipped", "share clipped", 4),
    ]
    list_filter = ["format", "channels", "rate", "loudness_rule", "stimuli__corpus"]
    search_fields = ["sha256", "stimuli__key"]
    inlines = [ServedInline]


@admin.register(ServedAudio)
class ServedAudioAdmin(ReadOnlyMixin, ServedBase):
    """What browsers get, and what was done to it."""

    Media = PlayerMedia
    list_display = ["__str__", "sound", "audio", "channel", "target", *_REACHED]
    list_filter = ["target", "channel"]
    search_fields = ["sha256", "audio__sha256", "stimuli__key"]
    list_select_related = ["audio"]
    readonly_fields = ["sound"]

    @admin.display(description="heard as")
    def sound(self, served: ServedAudio) -> SafeString:
        """Return a player."""
        return player(served)
