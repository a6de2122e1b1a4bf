"""Embedding runs: one encoder with one setting over one corpus, and the vectors it gave."""

from django.db import models
from django.utils import timezone

from corpus.models import Corpus, Stimulus
from modeling.enums import RunState


class EmbeddingRun(models.Model):
    """One encoder, layer, pooling and set of weights, applied to every stimulus of a corpus."""

    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="embedding_runs")
    corpus_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 over corpus, encoder and settings.")
    encoder = models.CharField(max_length=40)
    settings = models.JSONField(default=dict, help_text="Weights, layer, pooling, precision as asked for.")
    label = models.CharField(max_length=120, help_text="Short name in figures, such as wavlm-base-plus L6.")
    weights_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the weights; empty: none.")
    versions = models.JSONField(default=dict, help_text="Of the libraries that computed it.")
    state = models.CharField(max_length=9, choices=RunState.choices, default=RunState.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    dimension = models.PositiveIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it failed.")
    advice = models.TextField(blank=True, help_text="What to do about it.")
    lease_owner = models.CharField(max_length=80, blank=True, help_text="The worker that is at it.")
    lease_until = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True, help_text="When that worker began.")
    done_when_taken = models.PositiveIntegerField(default=0, help_text="What had been done before it.")
    fruitless_takes = models.PositiveSmallIntegerField(
        default=0, help_text="How often a worker began and was lost before it stored anything."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["corpus", "encoder", "pk"]

    def __str__(self) -> str:
        return f"{self.label} on {self.corpus.slug}"

    @property
    def pace(self) -> float | None:
        """Stimuli embedded per second by the worker that is at it; None if none is or nothing is done yet."""
        if self.state != RunState.RUNNING or self.taken_at is None or self.done <= self.done_when_taken:
            return None
        return (self.done - self.done_when_taken) / max((timezone.now() - self.taken_at).total_seconds(), 1e-3)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the run ends at this pace; None where `pace` is."""
        return None if self.pace is None else max(self.total - self.done, 0) / self.pace


class Embedding(models.Model):
    """The vector that a run gave a stimulus: float32, little endian, `run.dimension` numbers."""

    run = models.ForeignKey(EmbeddingRun, on_delete=models.CASCADE, related_name="embeddings")
    stimulus = models.ForeignKey(Stimulus, on_delete=models.PROTECT, related_name="+")
    vector = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "stimulus"], name="embedded_once_per_run")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.stimulus_id}"
