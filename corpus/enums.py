"""Closed sets of words used by the models."""

from django.db import models


class StimulusRole(models.TextChoices):
    """What a stimulus is in a trial."""

    BACKCHANNEL = "backchannel", "backchannel"
    CONTEXT = "context", "context"
