"""Configuration of the app."""

from django.apps import AppConfig


class ModelingConfig(AppConfig):
    """Models."""

    name = "modeling"
    verbose_name = "Models"
