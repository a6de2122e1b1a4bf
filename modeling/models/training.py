"""Training runs: a model that is trained on a corpus, with its curves and what came of it."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.urls import reverse

from corpus.models import Corpus
from modeling.models.leased import LeasedRun


class TrainingRun(LeasedRun):
    """Something that is trained, of one kind (`modeling.services.training.kinds`); it counts steps."""

    kind = models.CharField(max_length=40, help_text="Such as language_model or joint.")
    name = models.SlugField(max_length=80, blank=True, help_text="Tells runs with equal settings apart.")
    corpus = models.ForeignKey(Corpus, null=True, blank=True, on_delete=models.PROTECT, related_name="training_runs")
    data_digest = models.CharField(max_length=64, help_text="SHA-256 of what it is trained on.")
    parents = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="children")
    phase = models.CharField(max_length=80, blank=True, help_text="What it is doing now.")
    speed = models.FloatField(null=True, blank=True, help_text="Tokens or items a second.")
    saved = models.PositiveIntegerField(default=0, help_text="The step of the last checkpoint.")
    metrics = models.JSONField(default=dict, blank=True, help_text="What came of it.")

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.label}{f' {self.name}' if self.name else ''}"

    @property
    def folder(self) -> Path:
        """Where its checkpoints and the finished model lie."""
        return Path(settings.MODELS_ROOT) / self.kind / self.digest[:16]

    def get_absolute_url(self) -> str:
        """Return the run's page."""
        return reverse("training:run", args=[self.pk])


class TrainingPoint(models.Model):
    """One point of a curve, such as the loss on the validation part after step 400."""

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="points")
    step = models.PositiveIntegerField()
    split = models.CharField(max_length=20, help_text="train or validation.")
    name = models.CharField(max_length=40, help_text="Such as loss.")
    value = models.FloatField()

    class Meta:
        ordering = ["run", "name", "split", "step"]
        constraints = [models.UniqueConstraint(fields=["run", "name", "split", "step"], name="one_point_per_step")]

    def __str__(self) -> str:
        return f"{self.split} {self.name} {self.step}: {self.value:.4g}"
