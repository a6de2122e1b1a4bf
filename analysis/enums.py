"""Closed sets of words used by the models."""

from django.db import models


class Population(models.TextChoices):
    """Whose answers a figure is about. People and simulated listeners are never mixed."""

    PEOPLE = "people", "people"
    SIMULATED = "simulated", "simulated listeners"
