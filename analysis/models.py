"""What models say about each trial, and snapshots of how that agrees with people."""

from django.db import models

from analysis.enums import Population
from annotations.models import StudyVersion, Trial
from modeling.models import EmbeddingRun


class Prediction(models.Model):
    """What one embedding run says about one trial, by cosine similarity (METHODS: Coding a triad).

    `similarities[k]` is the cosine of the pair that leaves slot k odd (three numbers, for triads only);
    `fits[k]` is the cosine of the context and the clip in slot k (for trials with a context only);
    `credit[k]` is the share of the model's choice that falls on slot k as the odd one; ties share.
    """

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="predictions")
    run = models.ForeignKey(EmbeddingRun, on_delete=models.PROTECT, related_name="predictions")
    similarities = models.JSONField(null=True, blank=True)
    credit = models.JSONField(null=True, blank=True)
    fits = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["run", "trial"]
        constraints = [models.UniqueConstraint(fields=["run", "trial"], name="predicted_once_per_run")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.trial_id}"


class AgreementSnapshot(models.Model):
    """Agreement as computed at one moment from one set of answers: what the study page shows."""

    version = models.ForeignKey(StudyVersion, on_delete=models.CASCADE, related_name="snapshots")
    population = models.CharField(max_length=9, choices=Population.choices)
    responses_digest = models.CharField(max_length=64, help_text="Of the answers it was computed from.")
    settings = models.JSONField(help_text="Resamples, seed, subset.")
    figures = models.JSONField(help_text="Rows as in agreement.csv.")
    picture = models.TextField(blank=True, help_text="Dot-and-interval plot, SVG.")
    n_judgements = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["version", "-created_at"]
        get_latest_by = "created_at"

    def __str__(self) -> str:
        return f"{self.version} at {self.created_at:%Y-%m-%d %H:%M}"
