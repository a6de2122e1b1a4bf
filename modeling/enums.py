"""Closed sets of words used by the models."""

from django.db import models


class RunState(models.TextChoices):
    """The life of a run: queued, then running until it is finished, has failed or was cancelled."""

    QUEUED = "queued", "queued"
    RUNNING = "running", "running"
    FINISHED = "finished", "finished"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"
