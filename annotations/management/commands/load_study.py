"""Load a study file: `manage.py load_study study.yaml`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from annotations.services.planning import load_study
from corpus.commands import DomainCommand


class Command(DomainCommand):
    help = "Check a study file with its texts, stimuli and trials, and store it as a version of the study."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", type=Path, help="The study file, such as study.yaml")

    def run(self, **options: Any) -> None:
        loaded = load_study(path=options["study"], progress=self._progress)
        version = loaded.version
        done = "loaded" if loaded.created else "is loaded already; nothing changed"
        self.stdout.write(f"{version} {done}: {version.trials.count()} trials on corpus {version.corpus}")
        for note in loaded.notes:
            self.stdout.write(f"  note: {note}")
        if version.frozen_at is None:
            self.stdout.write(f"  next: manage.py set_study_state {version.study.slug} live")

    def _progress(self, done: int, of: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} of {of} sounds", ending="\n" if done == of else "")
