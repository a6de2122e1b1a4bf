"""Make a study of triplets that were collected elsewhere."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.imports.triplets import COLUMNS, Wanted
from analysis.services.import_triplets import AGAIN, import_triplets
from corpus.commands import DomainCommand

FURTHER = ("stratum", "rt")


class Command(DomainCommand):
    help = 'Make the closed study SLUG of answers to "is left or right more like the centre?" (CSV, JSON of NEXT, zip).'

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV, a JSON file of NEXT, or a zip of one of them")
        parser.add_argument("--study", required=True, metavar="SLUG", help="the new study, and its corpus")
        parser.add_argument("--folder", required=True, type=Path, help="new: where its files are written")
        parser.add_argument(
            "--column", action="append", default=[], metavar="WHAT=NAME", dest="columns",
            help=f"of a CSV: {', '.join(f'{what} ({name})' for what, name in COLUMNS.items())}, {', '.join(FURTHER)}",
        )  # fmt: skip
        parser.add_argument(
            "--where", action="append", default=[], metavar="NAME=VALUE", help="only rows of a CSV with this value"
        )
        parser.add_argument(
            "--again", choices=AGAIN, default=AGAIN[0],
            help="further answers of someone to the same three: refuse (default), only the first, or as other people's",
        )  # fmt: skip
        parser.add_argument("--sounds", default="", metavar="PATH", help="of a clip, with {clip} for its id")

    def run(self, **options: Any) -> None:
        columns = _pairs(options["columns"], "--column")
        strange = set(columns) - {*COLUMNS, *FURTHER}
        if strange:
            raise AnalysisError(f"--column {strange.pop()}=…: give one of {', '.join((*COLUMNS, *FURTHER))}.")
        done = import_triplets(
            path=options["file"],
            slug=options["study"],
            folder=options["folder"].expanduser().absolute(),
            wanted=Wanted(columns, _pairs(options["where"], "--where")),
            again=options["again"],
            sounds=options["sounds"],
        )
        imported = done.imported
        self.stdout.write(
            f"{imported.answers} answers of {imported.participants} participants to {done.trials} triplets of "
            f"{done.clips} clips imported; {imported.without_value} rows have no answer."
        )
        if done.dropped:
            self.stdout.write(f"{done.dropped} further answers of someone to the same three were left out.")


def _pairs(given: list[str], option: str) -> dict[str, str]:
    """Return NAME=VALUE options as a map."""
    if any("=" not in one for one in given):
        raise AnalysisError(f"Give {option} as NAME=VALUE.")
    return dict(one.split("=", 1) for one in given)
