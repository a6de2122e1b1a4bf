"""Make links that admit one person each: `manage.py invite STUDY --n 50 --base-url https://study.example.org`."""

import csv
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.urls import reverse

from annotations.errors import StudyError
from annotations.models import Invitation
from annotations.services.invitations import id_parameter_of, invite, revoke_invitation
from corpus.commands import DomainCommand

COLUMNS = ("token", "label", "link")


class Command(DomainCommand):
    help = "Make invitations and write their links as CSV; or revoke one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", help="The study's slug")
        parser.add_argument("--n", type=int, default=1, metavar="NUMBER", help="how many")
        parser.add_argument("--label", default="", help="for you, such as the name of a mailing list")
        parser.add_argument("--pilot", action="store_true", help="for people who try the study out and never count")
        parser.add_argument(
            "--base-url", default="", metavar="URL", help="of the site, such as https://study.example.org"
        )
        parser.add_argument("--output", type=Path, metavar="FILE", help="write the links here instead of printing them")
        parser.add_argument("--revoke", metavar="TOKEN", help="let this one admit nobody any more, and make none")

    def run(self, **options: Any) -> None:
        study = options["study"]
        if options["revoke"]:
            invitation = revoke_invitation(study_slug=study, token=options["revoke"])
            self.stdout.write(f"{invitation.token} of {study} is revoked")
            return
        base = options["base_url"] or next(iter(settings.CSRF_TRUSTED_ORIGINS), "")
        made = invite(study_slug=study, n=options["n"], label=options["label"], pilot=options["pilot"])
        rows = _rows(made, base, id_parameter_of(study), reverse("annotations:arrive", args=[study]))
        if options["output"]:
            _write_file(options["output"], rows)
            self.stdout.write(f"{options['output']}: {len(made)} invitations to {study}")
        else:
            _write(self.stdout, rows)  # type: ignore[arg-type]
        if not base:
            self.stderr.write("The links begin with no host: give --base-url, or set BCSTUDY_ORIGINS.")


def _rows(made: Sequence[Invitation], base: str, parameter: str, path: str) -> list[tuple[str, str, str]]:
    return [(one.token, one.label, urljoin(base, path) + "?" + urlencode({parameter: one.token})) for one in made]


def _write_file(path: Path, rows: Sequence[tuple[str, str, str]]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            _write(file, rows)
    except OSError as error:
        raise StudyError(f"{path} cannot be written ({error.strerror}). Name another file.") from error


def _write(file: TextIO, rows: Sequence[tuple[str, str, str]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
