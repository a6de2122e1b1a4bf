"""Configuration of the app."""

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    """Listening studies."""

    name = "annotations"
    verbose_name = "Listening studies"
