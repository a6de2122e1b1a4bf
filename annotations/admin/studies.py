"""Studies, their versions, tasks and questions. They come from a study file; here only the state is set."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from annotations.admin.pages import (
    EvidenceMixin,
    ModelAdmin,
    TableMixin,
    TabularInline,
    count_of,
    json_text,
    link,
    list_link,
    long_text,
    pretty,
)
from annotations.enums import ParticipantKind, StudyState
from annotations.models import Participant, Question, Study, StudyVersion, Task, Trial
from annotations.services.states import set_state
from corpus.errors import DomainError


class VersionTable(TableMixin, TabularInline[StudyVersion, Study]):
    """The versions of a study."""

    model = StudyVersion
    fields = ["number", "corpus", "digest", "created_at", "frozen_at"]
    readonly_fields = ["created_at"]


@admin.register(Study)
class StudyAdmin(EvidenceMixin, ModelAdmin[Study]):
    """Studies: opened, paused and closed with the actions of the list."""

    list_display = ["slug", "state", "newest", "people", "others", "created_at"]
    list_filter = ["state", "created_at"]
    search_fields = ["slug"]
    inlines = [VersionTable]
    actions = ["go_live", "pause", "close"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Study]:
        """Count the participants of all studies in one query."""
        people = Participant.objects.filter(kind=ParticipantKind.PERSON)
        others = Participant.objects.exclude(kind=ParticipantKind.PERSON)
        return (
            super()
            .get_queryset(request)
            .annotate(
                newest_number=Max("versions__number"),
                n_people=count_of(people, "version__study"),
                n_others=count_of(others, "version__study"),
            )
        )

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Let those open and close studies who may change them."""
        return request.user.has_perm("annotations.change_study")

    @admin.display(description="newest version", ordering="newest_number")
    def newest(self, study: Any) -> SafeString | str:
        """Return its number, linked to the versions."""
        return list_link(StudyVersion, study.newest_number or "–", study__id__exact=study.pk)

    @admin.display(ordering="n_people")
    def people(self, study: Any) -> SafeString:
        """Return how many, linked to them."""
        wanted = {"version__study__id__exact": study.pk, "kind__exact": ParticipantKind.PERSON}
        return list_link(Participant, study.n_people, **wanted)

    @admin.display(description="simulated and others", ordering="n_others")
    def others(self, study: Any) -> SafeString:
        """Return how many participants are no people, linked to all."""
        return list_link(Participant, study.n_others, version__study__id__exact=study.pk)

    @admin.action(description="Set live (freezes the newest version)", permissions=["run"])
    def go_live(self, request: HttpRequest, studies: QuerySet[Study]) -> None:
        """Open the selected studies."""
        self._set_state(request, studies, StudyState.LIVE)

    @admin.action(description="Pause", permissions=["run"])
    def pause(self, request: HttpRequest, studies: QuerySet[Study]) -> None:
        """Pause the selected studies."""
        self._set_state(request, studies, StudyState.PAUSED)

    @admin.action(description="Close", permissions=["run"])
    def close(self, request: HttpRequest, studies: QuerySet[Study]) -> None:
        """Close the selected studies."""
        self._set_state(request, studies, StudyState.CLOSED)

    def _set_state(self, request: HttpRequest, studies: QuerySet[Study], state: StudyState) -> None:
        for study in studies:
            try:
                set_state(study_slug=study.slug, state=state)
            except DomainError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, f"Study {study} is {state.label}.", messages.SUCCESS)


class TaskTable(TableMixin, TabularInline[Task, StudyVersion]):
    """The tasks of a version."""

    model = Task
    fields = ["name", "position", "show"]


@admin.register(StudyVersion)
class StudyVersionAdmin(EvidenceMixin, ModelAdmin[StudyVersion]):
    """Versions: what was read, from what, and what came of it."""

    list_display = ["version", "corpus_link", "trials", "participants", "short_digest", "created_at", "frozen_at"]
    list_display_links = ["version"]
    list_filter = ["study", ("frozen_at", admin.EmptyFieldListFilter), "created_at"]
    search_fields = ["study__slug", "digest", "corpus_digest", "corpus__slug"]
    list_select_related = ["study", "corpus"]
    inlines = [TaskTable]
    fields = [
        ("study_link", "number", "corpus_link"),
        ("created_at", "frozen_at"),
        ("digest", "corpus_digest"),
        "consent_texts",
        "definition_json",
        "source_text",
    ]
    readonly_fields = ["study_link", "corpus_link", "consent_texts", "definition_json", "source_text"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StudyVersion]:
        """Count trials and participants of all versions in one query."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                n_trials=count_of(Trial.objects.all(), "version"),
                n_participants=count_of(Participant.objects.all(), "version"),
            )
        )

    @admin.display(ordering="study__slug")
    def version(self, version: StudyVersion) -> str:
        """Return its name."""
        return str(version)

    @admin.display(description="study")
    def study_link(self, version: StudyVersion) -> SafeString | str:
        """Return its study, linked."""
        return link(version.study)

    @admin.display(description="corpus", ordering="corpus__slug")
    def corpus_link(self, version: StudyVersion) -> SafeString | str:
        """Return its corpus, linked."""
        return link(version.corpus)

    @admin.display(ordering="n_trials")
    def trials(self, version: Any) -> SafeString:
        """Return how many, linked to them."""
        wanted = {"version__study__id__exact": version.study_id, "version__number": version.number}
        return list_link(Trial, version.n_trials, **wanted)

    @admin.display(ordering="n_participants")
    def participants(self, version: Any) -> SafeString:
        """Return how many, linked to them."""
        wanted = {"version__study__id__exact": version.study_id, "version__number": version.number}
        return list_link(Participant, version.n_participants, **wanted)

    @admin.display(description="digest")
    def short_digest(self, version: StudyVersion) -> str:
        """Return the beginning of it."""
        return version.digest[:12]

    @admin.display(description="consent")
    def consent_texts(self, version: StudyVersion) -> SafeString:
        """Return each language's text with its SHA-256."""
        parts = [f"{language} · {text['sha256']}\n\n{text['text']}" for language, text in version.consent.items()]
        return long_text("\n\n\n".join(parts), "consent")

    @admin.display(description="definition")
    def definition_json(self, version: StudyVersion) -> SafeString:
        """Return it laid out."""
        return long_text(json_text(version.definition), "definition")

    @admin.display(description="study file")
    def source_text(self, version: StudyVersion) -> SafeString:
        """Return it with its lines."""
        return long_text(version.source, "study file")


class QuestionTable(TableMixin, TabularInline[Question, Task]):
    """The questions of a task."""

    model = Question
    fields = ["name", "kind", "per_clip", "text", "settings"]


@admin.register(Task)
class TaskAdmin(EvidenceMixin, ModelAdmin[Task]):
    """Tasks: what is shown and asked on one kind of page."""

    list_display = ["name", "version_link", "position", "show", "n_questions", "n_trials"]
    list_filter = ["version__study", "version__number"]
    search_fields = ["name", "version__study__slug"]
    list_select_related = ["version__study"]
    inlines = [QuestionTable]
    fields = ["name", "version_link", "position", "show"]
    readonly_fields = ["version_link"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        """Count questions and trials of all tasks in one query."""
        questions, trials = count_of(Question.objects.all(), "task"), count_of(Trial.objects.all(), "task")
        return super().get_queryset(request).annotate(questions_of=questions, trials_of=trials)

    @admin.display(description="version", ordering="version__study__slug")
    def version_link(self, task: Task) -> SafeString | str:
        """Return its version, linked."""
        return link(task.version)

    @admin.display(description="questions", ordering="questions_of")
    def n_questions(self, task: Any) -> int:
        """Return how many."""
        return int(task.questions_of)

    @admin.display(description="trials", ordering="trials_of")
    def n_trials(self, task: Any) -> SafeString:
        """Return how many, linked to those of the version with this task."""
        wanted = {"version__study__id__exact": task.version.study_id, "version__number": task.version.number}
        return list_link(Trial, task.trials_of, task__name=task.name, **wanted)


@admin.register(Question)
class QuestionAdmin(EvidenceMixin, ModelAdmin[Question]):
    """Questions: as they are asked in each language."""

    list_display = ["name", "task_link", "version", "kind", "per_clip", "asked"]
    list_filter = ["kind", "per_clip", "task__version__study"]
    search_fields = ["name", "task__name", "kind", "task__version__study__slug"]
    list_select_related = ["task__version__study"]
    fields = ["name", "task_link", "position", "kind", "per_clip", "text_json", "settings_json"]
    readonly_fields = ["task_link", "text_json", "settings_json"]

    @admin.display(description="task", ordering="task__name")
    def task_link(self, question: Question) -> SafeString | str:
        """Return its task, linked."""
        return link(question.task)

    @admin.display(ordering="task__version__study__slug")
    def version(self, question: Question) -> SafeString | str:
        """Return the version it is asked in, linked."""
        return link(question.task.version)

    @admin.display(description="text")
    def asked(self, question: Question) -> str:
        """Return the text in the study's first language."""
        return str(next(iter(question.text.values()), ""))

    @admin.display(description="text")
    def text_json(self, question: Question) -> SafeString:
        """Return the text in every language."""
        return pretty(question.text)

    @admin.display(description="settings")
    def settings_json(self, question: Question) -> SafeString:
        """Return the settings of its kind."""
        return pretty(question.settings)
