"""Compute what every finished embedding run says about every trial of a study."""

from argparse import ArgumentParser
from typing import Any

from analysis.queries.versions import version_of
from analysis.services.predict import predict_version
from corpus.commands import DomainCommand


class Command(DomainCommand):
    help = "Compute and store predictions for every trial of STUDY by every finished embedding run, here and now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", help="slug of the study")

    def run(self, **options: Any) -> None:
        done = predict_version(version_pk=version_of(options["study"]).pk)
        for one in done:
            lacking = f"; {one.not_covered} not covered" if one.not_covered else ""
            self.stdout.write(f"{one.run}: {one.stored} predictions stored, {one.already} were there{lacking}")
        if not done:
            self.stdout.write("No embedding run has finished; `manage.py embed STUDY --encoder NAME` starts one.")
