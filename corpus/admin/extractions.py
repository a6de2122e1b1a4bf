"""Admin pages of extractions: what was found how, and each backchannel with its place."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from corpus.admin.base import ReadOnlyMixin
from corpus.models import Backchannel, Extraction, Turn

if TYPE_CHECKING:
    ExtractionBase = admin.ModelAdmin[Extraction]
    BackchannelBase = admin.ModelAdmin[Backchannel]
else:
    ExtractionBase = BackchannelBase = admin.ModelAdmin


@admin.register(Extraction)
class ExtractionAdmin(ReadOnlyMixin, ExtractionBase):
    """Extractions: the method, its parameters, and what came out."""

    list_display = ["__str__", "corpus", "method", "item_count", "precision", "recall", "created_at"]
    list_filter = ["corpus", "method"]
    search_fields = ["digest", "corpus__slug"]
    list_select_related = ["corpus"]
    fields = [
        ("digest", "corpus", "method"),
        "settings",
        ("item_count", "precision", "recall"),
        "parts_told",
        "forms",
        ("corpus_digest", "created_at"),
    ]
    readonly_fields = ["settings", "precision", "recall", "parts_told", "forms", "created_at"]

    @admin.display(description="precision of the rule", empty_value="no tags")
    def precision(self, extraction: Extraction) -> str | None:
        """Return it where there are tags to compare with."""
        return _score(extraction, "precision")

    @admin.display(description="recall of the rule", empty_value="no tags")
    def recall(self, extraction: Extraction) -> str | None:
        """Return it where there are tags to compare with."""
        return _score(extraction, "recall")

    @admin.display(description="parameters")
    def settings(self, extraction: Extraction) -> SafeString:
        """Return every parameter, one a line."""
        told = extraction.parameters["found_by"] | extraction.parameters["splits"]
        return format_html_join("", "<div><b>{}</b> {}</div>", told.items())

    @admin.display(description="parts")
    def parts_told(self, extraction: Extraction) -> SafeString:
        """Return how many dialogues and backchannels each part has."""
        figures = extraction.figures
        rows = [(part, count, figures["items"].get(part, 0)) for part, count in sorted(figures["dialogues"].items())]
        return format_html_join("", "<div><b>{}</b> {} dialogues, {} backchannels</div>", rows)

    @admin.display(description="commonest forms")
    def forms(self, extraction: Extraction) -> str:
        """Return the commonest forms with their counts."""
        return ", ".join(f"{form} {count}" for form, count in extraction.figures["forms"])


@admin.register(Backchannel)
class BackchannelAdmin(ReadOnlyMixin, BackchannelBase):
    """Backchannels: form, words as transcribed, place and part."""

    list_display = [
        "form",
        "words",
        "dialogue",
        "position",
        "speaker",
        "start",
        "end",
        "overlap",
        "split",
        "extraction",
    ]
    list_filter = ["extraction", "split", "overlap"]
    search_fields = ["form", "dialogue__key"]
    list_select_related = ["dialogue", "extraction"]
    list_per_page = 50
    readonly_fields = ["words"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Backchannel]:
        """Fetch the words with the rows."""
        said = Turn.objects.filter(dialogue=OuterRef("dialogue"), position=OuterRef("position")).values("text")[:1]
        return super().get_queryset(request).annotate(said=Subquery(said))

    @admin.display(description="as transcribed")
    def words(self, backchannel: Any) -> str:
        """Return the utterance."""
        return str(backchannel.said)


def _score(extraction: Extraction, name: str) -> str | None:
    scores = extraction.figures["rule_against_tags"]
    return None if not scores or scores[name] is None else f"{scores[name]:.3f}"
