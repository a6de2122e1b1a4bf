"""Embedding runs: one encoder with one setting over one corpus, and the vectors it gave."""

from django.db import models

from corpus.models import Corpus, Stimulus
from modeling.models.leased import LeasedRun


class EmbeddingRun(LeasedRun):
    """One encoder, layer, pooling and set of weights, applied to every stimulus of a corpus; it counts stimuli."""

    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="embedding_runs")
    corpus_digest = models.CharField(max_length=64)
    encoder = models.CharField(max_length=40)
    weights_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the weights; empty: none.")
    dimension = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["corpus", "encoder", "pk"]

    def __str__(self) -> str:
        return f"{self.label} on {self.corpus.slug}"


class Embedding(models.Model):
    """The vector that a run gave a stimulus: float32, little endian, `run.dimension` numbers."""

    run = models.ForeignKey(EmbeddingRun, on_delete=models.CASCADE, related_name="embeddings")
    stimulus = models.ForeignKey(Stimulus, on_delete=models.PROTECT, related_name="+")
    vector = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "stimulus"], name="embedded_once_per_run")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.stimulus_id}"
