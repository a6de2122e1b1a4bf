"""Records of erasures."""

from django.contrib import admin
from django.utils.safestring import SafeString

from annotations.admin.pages import EvidenceMixin, ModelAdmin, link
from annotations.models import Erasure


@admin.register(Erasure)
class ErasureAdmin(EvidenceMixin, ModelAdmin[Erasure]):
    """That someone's data were erased, when, and how many answers; not whose."""

    list_display = ["erased_at", "study_link", "n_responses", "reason"]
    list_filter = ["study", "erased_at"]
    search_fields = ["study__slug", "reason", "participant_key_sha256"]
    list_select_related = ["study"]
    fields = ["erased_at", "study_link", "n_responses", "reason", "participant_key_sha256"]
    readonly_fields = ["study_link"]

    @admin.display(description="study", ordering="study__slug")
    def study_link(self, erasure: Erasure) -> SafeString | str:
        """Return its study, linked."""
        return link(erasure.study)
