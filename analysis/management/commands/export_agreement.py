"""Write answers, predictions, agreement and the report of a study into a folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from analysis.enums import Population, Subset
from analysis.export.formats import FORMATS
from analysis.services.export import FLAT, LAYOUTS, Shape, export_agreement
from corpus.commands import DomainCommand


class Command(DomainCommand):
    help = "Write STUDY's answers, predictions, agreement and report; the same answers and seed give the same bytes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", help="slug of the study")
        parser.add_argument("--output", required=True, type=Path, metavar="FOLDER", help="new, or an earlier export")
        parser.add_argument(
            "--population", choices=Population.values, default=Population.PEOPLE.value, help="whose answers (people)"
        )
        parser.add_argument(
            "--subset",
            choices=Subset.values,
            default=Subset.RANDOM.value,
            help="of an adaptive study: figures from its random share (random), or biased ones from all answers",
        )
        parser.add_argument("--models", nargs="+", default=[], metavar="RUN", help="labels or digests (all)")
        parser.add_argument("--bootstrap", type=int, default=2000, metavar="B", help="number of resamples (2000)")
        parser.add_argument("--seed", type=int, default=0, help="of resampling (0)")
        parser.add_argument("--format", choices=FORMATS, default="csv", help="of the tables (csv)")
        parser.add_argument("--layout", choices=LAYOUTS, default=FLAT, help="of the folder (flat)")
        parser.add_argument("--mixed", action="store_true", help="compare models by a mixed-effects logistic model too")
        parser.add_argument("--study-version", type=int, default=None, metavar="N", help="the one that is asked now")

    def run(self, **options: Any) -> None:
        done = export_agreement(
            study_slug=options["study"],
            output=options["output"],
            population=Population(options["population"]),
            subset=Subset(options["subset"]),
            models=options["models"],
            n_resamples=options["bootstrap"],
            seed=options["seed"],
            version_number=options["study_version"],
            shape=Shape(options["format"], options["layout"]),
            mixed=options["mixed"],
        )
        models = ", ".join(done.models) or "no models (no embedding run has finished)"
        self.stdout.write(f"{done.n_answers} answers of {done.n_participants} participants; {models}.")
        for number, answers in done.elsewhere.items():
            self.stdout.write(
                f"Version {number} has {answers} answers of its own: --study-version {number} writes them."
            )
        self.stdout.write(f"{len(done.files)} files in {done.folder}; open {done.report}")
