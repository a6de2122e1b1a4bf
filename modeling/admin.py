"""Researchers' lists of embedding and training runs. They are evidence: to be looked at, not changed."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.html import format_html

from corpus.admin import ReadOnlyMixin
from modeling.models import Embedding, EmbeddingRun, TrainingRun

if TYPE_CHECKING:
    RunBase = admin.ModelAdmin[EmbeddingRun]
    EmbeddingBase = admin.ModelAdmin[Embedding]
    TrainingBase = admin.ModelAdmin[TrainingRun]
else:
    RunBase = EmbeddingBase = TrainingBase = admin.ModelAdmin


@admin.register(EmbeddingRun)
class EmbeddingRunAdmin(ReadOnlyMixin, RunBase):
    """Runs by corpus, encoder and state, with progress and, of failed ones, the reason."""

    list_display = [
        "label",
        "corpus",
        "state",
        "progress",
        "time_left",
        "dimension",
        "reason",
        "created_at",
        "finished_at",
    ]
    list_filter = ["state", "encoder", "corpus"]
    search_fields = ["label", "digest", "reason", "corpus__slug"]
    list_select_related = ["corpus"]
    date_hierarchy = "created_at"

    @admin.display(description="done")
    def progress(self, run: EmbeddingRun) -> str:
        """Return how far the run is, as a bar."""
        return format_html(
            '<progress max="{}" value="{}" aria-label="done"></progress> {} of {}',
            max(run.total, 1),
            run.done,
            run.done,
            run.total,
        )

    @admin.display(description="time left")
    def time_left(self, run: EmbeddingRun) -> str:
        """Return the seconds left at the present pace."""
        return "" if run.pace is None else f"{run.seconds_left:.0f} s at {run.pace:.3g} a second"


@admin.register(Embedding)
class EmbeddingAdmin(ReadOnlyMixin, EmbeddingBase):
    """Which vectors are stored; the numbers themselves are in the exports."""

    list_display = ["stimulus", "run"]
    list_filter = ["run__encoder", "run__corpus"]
    search_fields = ["stimulus__key", "run__label", "run__digest"]
    list_select_related = ["stimulus__corpus", "run__corpus"]
    show_full_result_count = False
    exclude = ["vector"]


@admin.register(TrainingRun)
class TrainingRunAdmin(ReadOnlyMixin, TrainingBase):
    """Training runs by kind, corpus and state; the curves are on the run's own page."""

    list_display = ["label", "name", "kind", "corpus", "state", "done", "total", "reason", "created_at", "finished_at"]
    list_filter = ["state", "kind", "corpus"]
    search_fields = ["label", "name", "digest", "reason", "corpus__slug"]
    list_select_related = ["corpus"]
    date_hierarchy = "created_at"
