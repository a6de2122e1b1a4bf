"""Studies and their frozen versions, trials, participants, reservations and answers.

Study ─ StudyVersion ─┬─ Task ─ Question
                      ├─ Trial ─ TrialClip
                      └─ Participant ─┬─ Assignment ─ Response ─ Judgement
                                      └─ StepResult
"""

import secrets

from django.db import models
from django.utils import timezone

from annotations.enums import AssignmentState, Check, ChosenBy, ParticipantKind, Stage, StudyState
from corpus.models import Corpus, Stimulus


def random_key() -> str:
    """Return a public key that says nothing about its owner (80 bits)."""
    return secrets.token_hex(10)


# What is frozen comes before what is not, the newest first.
TO_JOIN_FIRST = (models.Case(models.When(frozen_at__isnull=True, then=1), default=0), "-number")


class Study(models.Model):
    """A listening study; what it asks is in its versions."""

    slug = models.SlugField(max_length=80, unique=True)
    state = models.CharField(max_length=8, choices=StudyState.choices, default=StudyState.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "studies"
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def version_to_join(self) -> "StudyVersion | None":
        """Return the version that newcomers get: the newest that went live; before the first did, the newest."""
        return self.versions.order_by(*TO_JOIN_FIRST).first()


class StudyVersion(models.Model):
    """One text of a study, with its trials. Frozen once the study has been live with it: a change is a new version."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("version number", help_text="From 1.")
    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="study_versions")
    corpus_digest = models.CharField(max_length=64, help_text="Of the corpus when the trials were planned.")
    source = models.TextField(help_text="study.yaml as it was read.")
    definition = models.JSONField(help_text="The same, checked and with every default filled in.")
    consent = models.JSONField(default=dict, help_text="Per language: text (Markdown) and its SHA-256.")
    digest = models.CharField(max_length=64, help_text="SHA-256 over definition, consent and planned trials.")
    created_at = models.DateTimeField(auto_now_add=True)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["study", "number"]
        get_latest_by = "number"
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="version_number_once_per_study")]

    def __str__(self) -> str:
        return f"{self.study.slug} v{self.number}"


class Task(models.Model):
    """What is shown and asked on one kind of trial page."""

    version = models.ForeignKey(StudyVersion, on_delete=models.CASCADE, related_name="tasks")
    name = models.SlugField("task", max_length=60)
    position = models.PositiveSmallIntegerField()
    show = models.JSONField(default=list, help_text="Of the context: context_audio, transcript.")

    class Meta:
        ordering = ["version", "position"]
        constraints = [models.UniqueConstraint(fields=["version", "name"], name="task_name_once_per_version")]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """One question of a task; `kind` names its module in annotations/questions."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="questions")
    name = models.SlugField("question", max_length=60)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=30)
    per_clip = models.BooleanField(default=False, help_text="Asked once for each clip.")
    text = models.JSONField(help_text="Per language.")
    settings = models.JSONField(default=dict, help_text="What the kind of question needs: scale, ends, …")

    class Meta:
        ordering = ["task", "position"]
        constraints = [models.UniqueConstraint(fields=["task", "name"], name="question_name_once_per_task")]

    def __str__(self) -> str:
        return f"{self.task.name}.{self.name}"


class Trial(models.Model):
    """An optional context and k clips in fixed slots."""

    version = models.ForeignKey(StudyVersion, on_delete=models.CASCADE, related_name="trials")
    key = models.CharField("trial", max_length=120, help_text="Unique in its version.")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="trials")
    context = models.ForeignKey(Stimulus, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    true_slot = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Slot of the clip really said.")
    stratum = models.CharField(max_length=250, blank=True)
    block = models.CharField(max_length=60, blank=True)
    check_kind = models.CharField("check", max_length=10, choices=Check.choices, blank=True, default=Check.NONE)
    answers = models.JSONField(null=True, blank=True, help_text="Key of a check.")
    planned = models.PositiveIntegerField(
        help_text="Ratings wanted; no trial gets more. 0 of checks, which are given to everyone and count nowhere."
    )
    taken = models.PositiveIntegerField(
        default=0, help_text="Reservations held and answers given by people that count."
    )
    priority = models.FloatField(default=0.0, help_text="Asked first where higher (design: adaptive).")
    position = models.PositiveIntegerField(help_text="Order in the plan.")
    attributes = models.JSONField(
        default=dict, blank=True, help_text="Further columns of trials.csv; of planned triads: speakers."
    )

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="trial_key_once_per_version"),
            models.CheckConstraint(condition=models.Q(taken__lte=models.F("planned")), name="never_more_than_planned"),
        ]
        indexes = [models.Index(fields=["version", "taken"], name="trial_by_need")]

    def __str__(self) -> str:
        return self.key


class TrialClip(models.Model):
    """A clip in its slot (0, 1, 2, …). Statistics use slots, never screen positions."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="clips")
    slot = models.PositiveSmallIntegerField()
    stimulus = models.ForeignKey(Stimulus, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["trial", "slot"]
        constraints = [models.UniqueConstraint(fields=["trial", "slot"], name="slot_once_per_trial")]

    def __str__(self) -> str:
        return f"{self.trial.key}[{self.slot}]"


class Participant(models.Model):
    """Someone (or something) that answers, known by a random key. Never deleted to exclude it: see `excluded`."""

    version = models.ForeignKey(StudyVersion, on_delete=models.PROTECT, related_name="participants")
    key = models.CharField("participant", max_length=40, unique=True, default=random_key)
    kind = models.CharField(max_length=9, choices=ParticipantKind.choices, default=ParticipantKind.PERSON)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.ARRIVED)
    language = models.CharField(max_length=12, default="en")
    seed = models.BigIntegerField(help_text="Of every random order this participant sees.")
    latin_row = models.PositiveIntegerField(
        null=True, blank=True, help_text="Row of the Latin square that orders the trials (design: latin)."
    )
    arrived_at = models.DateTimeField(default=timezone.now)
    consented_at = models.DateTimeField(null=True, blank=True)
    consent_version = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the text consented to.")
    finished_at = models.DateTimeField(null=True, blank=True)
    completion_code = models.CharField(max_length=80, blank=True)
    excluded = models.BooleanField(default=False)
    exclusion = models.CharField(max_length=200, blank=True, help_text="Why.")
    exempt = models.BooleanField(
        default=False, help_text="Included by a researcher after a rule had excluded them: no rule does it again."
    )
    origin = models.JSONField(default=dict, blank=True, help_text="Of simulated and imported ones: how they were made.")

    class Meta:
        ordering = ["version", "arrived_at", "pk"]

    def __str__(self) -> str:
        return self.key


class PlatformIdentity(models.Model):
    """What a recruiting platform calls a participant. Kept apart: no export ever reads this table."""

    participant = models.OneToOneField(Participant, on_delete=models.CASCADE, related_name="identity")
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="+")
    platform = models.CharField(max_length=20)
    external_id = models.CharField(max_length=120)
    details = models.JSONField(default=dict, blank=True, help_text="Further ids of the platform, such as its session.")

    class Meta:
        verbose_name_plural = "platform identities"
        constraints = [
            models.UniqueConstraint(fields=["study", "platform", "external_id"], name="person_once_per_study"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} participant of {self.study.slug}"


class Invitation(models.Model):
    """A link that admits one person to a study that takes nobody else; the token is that person's platform id."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="invitations")
    token = models.CharField(max_length=40, unique=True, default=random_key)
    label = models.CharField(max_length=120, blank=True, help_text="For the researcher, such as a mailing list.")
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["study", "created_at", "pk"]

    def __str__(self) -> str:
        return f"invitation to {self.study.slug} {self.label}".strip()


class StepResult(models.Model):
    """What a participant did at one step before or after the trials; `step` names its module in annotations/steps."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=30)
    attempt = models.PositiveSmallIntegerField(default=0, help_text="From 0.")
    passed = models.BooleanField(null=True, blank=True, help_text="Empty where there is nothing to pass.")
    settled = models.BooleanField(help_text="Whether the participant goes on from here; if not, another try follows.")
    score = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Right answers.")
    out_of = models.PositiveSmallIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict, blank=True, help_text="The answers, and how the page was used.")
    done_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["participant", "done_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "step", "attempt"], name="attempt_once_per_step"),
        ]

    def __str__(self) -> str:
        return f"{self.step} of {self.participant_id}"


class Assignment(models.Model):
    """A trial given to a participant: a reservation until it is answered or expires."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="assignments")
    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="assignments")
    key = models.CharField(max_length=40, unique=True, default=random_key)
    position = models.PositiveIntegerField(help_text="Page number for this participant, from 0.")
    presented = models.JSONField(help_text="Slots in screen order, such as [2, 0, 1].")
    state = models.CharField(max_length=8, choices=AssignmentState.choices, default=AssignmentState.RESERVED)
    counts = models.BooleanField(help_text="Counted in its trial's `taken`.")
    chosen_by = models.CharField(
        max_length=12, choices=ChosenBy.choices, blank=True, help_text="Why this trial. Empty of imported ones."
    )
    reserved_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["participant", "position"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "trial"], name="trial_once_per_participant"),
            models.UniqueConstraint(fields=["participant", "position"], name="page_once_per_participant"),
        ]
        # Of reserved pages alone: in an index of all states SQLite would look for a participant's answered pages, and
        # find everybody's.
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(state=AssignmentState.RESERVED),
                name="reserved_by_expiry",
            )
        ]

    def __str__(self) -> str:
        return self.key


class Response(models.Model):
    """One acknowledged answer to one trial page. Times are milliseconds of the browser's monotonic clock."""

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="response")
    idempotency_key = models.UUIDField(unique=True)
    body_digest = models.CharField(max_length=64, help_text="SHA-256 of the answers, to tell a repeat from another.")
    rt_ms = models.FloatField(null=True, blank=True, help_text="From the moment all clips could be played.")
    plays = models.JSONField(help_text="Completed plays per slot.")
    telemetry = models.JSONField(default=dict, blank=True)
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["answered_at", "pk"]

    def __str__(self) -> str:
        return f"answer to {self.assignment_id}"


class Judgement(models.Model):
    """One question answered, for one clip where it is asked per clip.

    `value` holds a number (rating, rank), `chosen_slot` a clip (odd one out, pair: the odd slot; choice).
    """

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="judgements")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="judgements")
    slot = models.PositiveSmallIntegerField(null=True, blank=True, help_text="The rated clip.")
    value = models.FloatField(null=True, blank=True)
    chosen_slot = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["response", "question", "slot"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question", "slot"],
                condition=models.Q(slot__isnull=False),
                name="judgement_once_per_clip",
            ),
            models.UniqueConstraint(
                fields=["response", "question"], condition=models.Q(slot__isnull=True), name="judgement_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.value if self.chosen_slot is None else self.chosen_slot}"


class Erasure(models.Model):
    """That the data of a participant were erased; nothing of them is here."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="erasures")
    erased_at = models.DateTimeField(default=timezone.now)
    n_responses = models.PositiveIntegerField("answers", help_text="Answered trial pages that were deleted.")
    reason = models.CharField(max_length=200, blank=True)
    participant_key_sha256 = models.CharField(
        max_length=64,
        help_text="Of the participant's random key: finds the rows in a file exported earlier, and tells nothing else.",
    )

    class Meta:
        ordering = ["study", "-erased_at"]

    def __str__(self) -> str:
        return f"{self.study.slug} {self.erased_at:%Y-%m-%d %H:%M}"
