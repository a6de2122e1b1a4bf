"""Researchers' lists of predictions and snapshots. Both are evidence: they can be looked at, not changed."""

from typing import TYPE_CHECKING

from django.contrib import admin

from analysis.models import AgreementSnapshot, Prediction
from analysis.report.numbers import plain
from corpus.admin import ReadOnlyMixin

if TYPE_CHECKING:
    PredictionBase = admin.ModelAdmin[Prediction]
    SnapshotBase = admin.ModelAdmin[AgreementSnapshot]
else:
    PredictionBase = SnapshotBase = admin.ModelAdmin


def _numbers(values: list[float] | None) -> str:
    return "–" if values is None else "  ".join(plain(value) for value in values)


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyMixin, PredictionBase):
    """What each model says about each trial."""

    list_display = ["trial", "task", "study", "label", "cosines", "choice", "fit"]
    list_filter = ["run__encoder", "trial__version__study", "trial__task__name", "trial__stratum"]
    search_fields = ["trial__key", "run__label", "run__digest", "trial__clips__stimulus__key"]
    list_select_related = ["trial__task", "trial__version__study", "run__corpus"]
    list_per_page = 50
    ordering = ["run", "trial"]
    show_full_result_count = False

    @admin.display(ordering="trial__task__name")
    def task(self, prediction: Prediction) -> str:
        """Return the task."""
        return prediction.trial.task.name

    @admin.display(ordering="trial__version")
    def study(self, prediction: Prediction) -> str:
        """Return the study and its version."""
        return str(prediction.trial.version)

    @admin.display(ordering="run__label")
    def label(self, prediction: Prediction) -> str:
        """Return the label of the run."""
        return prediction.run.label

    @admin.display(description="similarity, slot odd")
    def cosines(self, prediction: Prediction) -> str:
        """Return the three cosines; number k is that of the pair which leaves slot k odd."""
        return _numbers(prediction.similarities)

    @admin.display(description="odd slot chosen")
    def choice(self, prediction: Prediction) -> str:
        """Return the slot that the model calls odd; several where they tie."""
        credit = prediction.credit or []
        return ", ".join(str(slot) for slot, share in enumerate(credit) if share > 0) or "–"

    @admin.display(description="fit to the context")
    def fit(self, prediction: Prediction) -> str:
        """Return the cosine of the context and each clip."""
        return _numbers(prediction.fits)


@admin.register(AgreementSnapshot)
class AgreementSnapshotAdmin(ReadOnlyMixin, SnapshotBase):
    """Agreement as it was computed at one moment."""

    list_display = ["version", "population", "created_at", "n_judgements", "responses_digest"]
    list_filter = ["population", "version__study", "created_at"]
    search_fields = ["version__study__slug", "responses_digest"]
    list_select_related = ["version__study"]
    date_hierarchy = "created_at"
    exclude = ["picture"]
