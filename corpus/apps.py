"""Configuration of the app."""

from django.apps import AppConfig


class CorpusConfig(AppConfig):
    """Sounds and dialogues."""

    name = "corpus"
    verbose_name = "Sounds and dialogues"
