"""Erase a participant for good: `manage.py erase_participant KEY_OR_PLATFORM_ID --study STUDY`."""

from argparse import ArgumentParser
from typing import Any

from annotations.services.erasure import LONGEST_REASON, erase_participant, find_participant
from corpus.commands import DomainCommand


class Command(DomainCommand):
    help = "Delete everything that is known of a participant. This cannot be undone; that it was done is recorded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("participant", help="The participant's key, or the id a platform knows them by")
        parser.add_argument("--study", required=True, help="The study's slug")
        parser.add_argument(
            "--reason",
            default="asked for",
            help=f"kept with the record (at most {LONGEST_REASON} characters); name nobody in it",
        )

    def run(self, **options: Any) -> None:
        participant = find_participant(study_slug=options["study"], name=options["participant"])
        key = participant.key
        erasure = erase_participant(participant=participant, reason=options["reason"])
        self.stdout.write(f"erased participant {key} of {erasure.study}: {erasure.n_responses} answered pages")
        self.stdout.write(f"  Files exported earlier and backups still hold them: delete the rows of {key} there.")
