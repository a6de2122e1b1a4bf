"""Closed sets of words used by the models."""

from django.db import models


class StimulusRole(models.TextChoices):
    """What a stimulus is in a trial."""

    BACKCHANNEL = "backchannel", "backchannel"
    CONTEXT = "context", "context"


class ExtractionMethod(models.TextChoices):
    """How backchannels are found."""

    TAG = "tag", "dialogue-act tags"
    RULE = "rule", "rule"


class Split(models.TextChoices):
    """The part of a corpus that a dialogue is in."""

    TRAIN = "train", "train"
    VALIDATION = "validation", "validation"
    TEST = "test", "test"
