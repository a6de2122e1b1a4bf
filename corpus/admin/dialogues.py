"""Admin pages of dialogues: what was said, and whose sound there is. Imported, so nothing can be edited."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from corpus.admin.base import PlayerMedia, ReadOnlyMixin
from corpus.models import Channel, Dialogue

if TYPE_CHECKING:
    DialogueBase = admin.ModelAdmin[Dialogue]
    ChannelInlineBase = admin.TabularInline[Channel, Dialogue]
else:
    DialogueBase = admin.ModelAdmin
    ChannelInlineBase = admin.TabularInline

_SHOWN = 1_000  # utterances on a page
_COLUMNS = (("position", "position"), ("speaker", "speaker"), ("text", "words"), ("tag", "act"))
_TIMES = (("start", "start, s"), ("end", "end, s"))


class ChannelInline(ReadOnlyMixin, ChannelInlineBase):
    """Who speaks in a dialogue."""

    model = Channel
    fields = ["tag", "speaker", "audio", "audio_channel"]


@admin.register(Dialogue)
class DialogueAdmin(ReadOnlyMixin, DialogueBase):
    """Dialogues: how long they are, and every utterance."""

    Media = PlayerMedia
    list_display = ["key", "corpus", "turn_count", "word_count", "minutes", "part", "source"]
    list_filter = ["corpus", ("channels__audio", admin.EmptyFieldListFilter)]
    search_fields = ["key", "channels__speaker", "source"]
    list_select_related = ["corpus"]
    ordering = ["corpus__slug", "key"]
    list_per_page = 50
    inlines = [ChannelInline]
    fields = [
        ("key", "corpus"),
        ("turn_count", "word_count", "minutes"),
        "attributes",
        ("source", "digest", "created_at"),
        "utterances",
    ]
    readonly_fields = ["minutes", "utterances", "created_at"]

    @admin.display(ordering="duration", description="minutes")
    def minutes(self, dialogue: Dialogue) -> str:
        """Return the length, where there are times."""
        return "without times" if dialogue.duration is None else f"{dialogue.duration / 60:.1f}"

    @admin.display(description="came in part")
    def part(self, dialogue: Dialogue) -> str:
        """Return the part of its corpus that it came in."""
        return str(dialogue.attributes.get("split", ""))

    @admin.display
    def utterances(self, dialogue: Dialogue) -> SafeString:
        """Return a table of all utterances, with times where there are any; of a very long dialogue the first ones."""
        columns = [*_COLUMNS, *(_TIMES if dialogue.duration is not None else ())]
        turns = dialogue.turns.order_by("position").values_list(*(name for name, _ in columns))[:_SHOWN]
        rows = [(format_html_join("", "<td>{}</td>", ((_shown(value),) for value in turn)),) for turn in turns]
        left = dialogue.turn_count - len(rows)
        return format_html(
            '<table class="utterances"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>{}',
            format_html_join("", '<th scope="col">{}</th>', ((heading,) for _, heading in columns)),
            format_html_join("", "<tr>{}</tr>", rows),
            f"{left} more are not shown" if left > 0 else "",
        )


def _shown(value: Any) -> Any:
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else value
