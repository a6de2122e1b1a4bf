"""The project as an app, so that its commands and templates are found."""

from django.apps import AppConfig


class BcstudyConfig(AppConfig):
    """Commands that need several apps."""

    name = "bcstudy"
    verbose_name = "bcstudy"
