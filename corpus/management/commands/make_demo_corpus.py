"""`manage.py make_demo_corpus`: write the synthetic demo corpus and its study."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from corpus.commands import DomainCommand
from corpus.demo.build import build


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**31:
        raise ArgumentTypeError(f"a seed is a whole number from 0 to 2147483647, not {text!r}")
    return int(text)


class Command(DomainCommand):
    help = "Write the synthetic demo corpus (sounds, stimuli.csv, study.yaml); the same seed, the same bytes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, metavar="FOLDER", help="default: demo in BCSTUDY_HOME")
        parser.add_argument("--seed", type=_seed, default=1, help="default: 1")

    def run(self, **options: Any) -> None:
        folder: Path = options["output"] or settings.BCSTUDY_HOME / "demo"
        count = build(folder, seed=options["seed"])
        self.stdout.write(f"{count} synthetic clips in {folder}")
        self.stdout.write(f"Next: manage.py import_stimuli {folder / 'stimuli.csv'}")
