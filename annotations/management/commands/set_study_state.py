"""Open, pause or close a study: `manage.py set_study_state STUDY live`."""

from argparse import ArgumentParser
from typing import Any

from annotations.enums import StudyState
from annotations.services.states import set_state
from corpus.commands import DomainCommand


class Command(DomainCommand):
    help = "Set the state of a study. Going live freezes its newest version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", help="The study's slug")
        parser.add_argument("state", choices=StudyState.values)

    def run(self, **options: Any) -> None:
        study = set_state(study_slug=options["study"], state=options["state"])
        self.stdout.write(f"{study} is {study.state}; newcomers get {study.version_to_join() or 'nothing yet'}")
