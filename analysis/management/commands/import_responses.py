"""Read answers from a responses.csv into a study."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from analysis.services.import_responses import import_responses
from corpus.commands import DomainCommand


class Command(DomainCommand):
    help = "Store the answers in a responses.csv for STUDY. With any fault in the file nothing is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", help="slug of the study")
        parser.add_argument("file", type=Path, help="responses.csv")
        parser.add_argument("--study-version", type=int, default=None, metavar="N", help="the one that is asked now")

    def run(self, **options: Any) -> None:
        done = import_responses(
            study_slug=options["study"], path=options["file"], version_number=options["study_version"]
        )
        self.stdout.write(f"{done.participants} participants and {done.answers} answers imported.")
        if done.known:
            self.stdout.write(f"{done.known} answers were there already and were left as they are.")
        if done.without_value:
            self.stdout.write(f"{done.without_value} rows have no value and were taken as missing.")
