"""Configuration of the app."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Analysis."""

    name = "analysis"
    verbose_name = "Analysis"
