"""Assignments, responses and judgements: evidence, to be looked at only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from annotations.admin.pages import EvidenceMixin, ModelAdmin, TableMixin, TabularInline, link, pretty
from annotations.models import Assignment, Judgement, Response


class JudgementTable(TableMixin, TabularInline[Judgement, Response]):
    """The judgements of a response."""

    model = Judgement
    fields = ["question_link", "slot", "value", "chosen_slot", "text"]
    readonly_fields = ["question_link"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Judgement]:
        """Fetch all questions at once."""
        return super().get_queryset(request).select_related("question__task")

    @admin.display(description="question")
    def question_link(self, judgement: Judgement) -> SafeString | str:
        """Return its question, linked."""
        return link(judgement.question)


@admin.register(Assignment)
class AssignmentAdmin(EvidenceMixin, ModelAdmin[Assignment]):
    """Trials given to participants: reserved, answered or expired."""

    list_display = ["key", "participant_link", "trial_link", "position", "presented", "state", "counts", "reserved_at"]
    list_filter = ["state", "counts", "participant__version__study", "participant__kind", "reserved_at"]
    search_fields = ["key", "participant__key", "trial__key"]
    list_select_related = ["participant", "trial"]
    fields = [
        ("key", "position", "state", "counts"),
        ("participant_link", "trial_link", "presented"),
        ("reserved_at", "expires_at", "response_link"),
    ]
    readonly_fields = ["participant_link", "trial_link", "response_link"]

    @admin.display(description="participant", ordering="participant__key")
    def participant_link(self, assignment: Assignment) -> SafeString | str:
        """Return who got it, linked."""
        return link(assignment.participant)

    @admin.display(description="trial", ordering="trial__key")
    def trial_link(self, assignment: Assignment) -> SafeString | str:
        """Return the trial, linked."""
        return link(assignment.trial)

    @admin.display(description="answer")
    def response_link(self, assignment: Assignment) -> SafeString | str:
        """Return the answer, linked, where there is one."""
        return link(Response.objects.filter(assignment=assignment).first())


@admin.register(Response)
class ResponseAdmin(EvidenceMixin, ModelAdmin[Response]):
    """Answers as they were acknowledged, with what was heard before."""

    list_display = ["answered_at", "participant_link", "trial_link", "rt_ms", "plays"]
    list_filter = ["assignment__participant__version__study", "assignment__participant__kind", "answered_at"]
    search_fields = ["assignment__participant__key", "assignment__trial__key", "idempotency_key"]
    list_select_related = ["assignment__participant", "assignment__trial"]
    date_hierarchy = "answered_at"
    inlines = [JudgementTable]
    fields = [
        ("participant_link", "trial_link", "assignment_link"),
        ("answered_at", "rt_ms", "plays"),
        ("idempotency_key", "body_digest"),
        "telemetry_json",
    ]
    readonly_fields = ["participant_link", "trial_link", "assignment_link", "telemetry_json"]

    @admin.display(description="participant", ordering="assignment__participant__key")
    def participant_link(self, response: Response) -> SafeString | str:
        """Return who answered, linked."""
        return link(response.assignment.participant)

    @admin.display(description="trial", ordering="assignment__trial__key")
    def trial_link(self, response: Response) -> SafeString | str:
        """Return the trial, linked."""
        return link(response.assignment.trial)

    @admin.display(description="assignment")
    def assignment_link(self, response: Response) -> SafeString | str:
        """Return the assignment, linked."""
        return link(response.assignment)

    @admin.display(description="telemetry")
    def telemetry_json(self, response: Response) -> SafeString:
        """Return what the browser told of the listening."""
        return pretty(response.telemetry)


@admin.register(Judgement)
class JudgementAdmin(EvidenceMixin, ModelAdmin[Judgement]):
    """Single judgements, in slots."""

    list_display = ["answer", "question_name", "kind", "participant_link", "trial_link", "slot", "value", "chosen_slot"]
    list_filter = [
        "question__kind",
        "question__name",
        "response__assignment__participant__version__study",
        "response__assignment__participant__kind",
    ]
    search_fields = ["response__assignment__participant__key", "response__assignment__trial__key", "question__name"]
    list_select_related = ["question", "response__assignment__participant", "response__assignment__trial"]
    ordering = ["response", "pk"]
    fields = [("answer", "question_link"), ("slot", "value", "chosen_slot", "text")]
    readonly_fields = ["answer", "question_link"]

    @admin.display(ordering="response__answered_at")
    def answer(self, judgement: Judgement) -> SafeString | str:
        """Return the answer it belongs to, linked by its time."""
        return link(judgement.response, f"{judgement.response.answered_at:%Y-%m-%d %H:%M:%S}")

    @admin.display(description="question", ordering="question__name")
    def question_name(self, judgement: Judgement) -> str:
        """Return the name of the question."""
        return judgement.question.name

    @admin.display(description="question")
    def question_link(self, judgement: Judgement) -> SafeString | str:
        """Return the question, linked."""
        return link(judgement.question)

    @admin.display(ordering="question__kind")
    def kind(self, judgement: Judgement) -> str:
        """Return the kind of the question."""
        return judgement.question.kind

    @admin.display(description="participant")
    def participant_link(self, judgement: Judgement) -> SafeString | str:
        """Return who judged, linked."""
        return link(judgement.response.assignment.participant)

    @admin.display(description="trial")
    def trial_link(self, judgement: Judgement) -> SafeString | str:
        """Return the trial, linked."""
        return link(judgement.response.assignment.trial)
