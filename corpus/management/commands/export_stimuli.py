"""Write a corpus back into a folder."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from corpus.commands import DomainCommand
from corpus.services import export_stimuli


class Command(DomainCommand):
    help = "Write the stimuli.csv of a corpus and its sounds, as they came, into a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("corpus", help="short name of the corpus")
        parser.add_argument("--output", type=Path, required=True, help="a new or an empty folder")

    def run(self, **options: Any) -> None:
        self.stdout.write(str(export_stimuli(corpus_slug=options["corpus"], folder=options["output"])))
