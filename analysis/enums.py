"""Closed sets of words used by the models."""

from django.db import models


class Population(models.TextChoices):
    """Whose answers a figure is about. People and simulated listeners are never mixed."""

    PEOPLE = "people", "people"
    SIMULATED = "simulated", "simulated listeners"


class Subset(models.TextChoices):
    """Which answers enter figures: those to trials that nobody's earlier answers chose, or all.

    An adaptive study asks trials of the highest priority first; those are no fair sample (docs/methods.md).
    """

    RANDOM = "random", "not chosen for what others had answered"
    ALL = "all", "all"


class PriorityBy(models.TextChoices):
    """By what an adaptive study's next trials are chosen."""

    MODELS = "models", "where models disagree most"
    PEOPLE = "people", "where people have not decided"
    MAP = "map", "where a map of the judgements is least certain"
