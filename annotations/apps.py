"""Configuration of the app."""

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    """Listening studies."""

    name = "annotations"
    verbose_name = "Listening studies"

    def ready(self) -> None:
        """Describe the API's authentication to the schema."""
        from annotations.api import schema  # noqa: F401  registers itself
