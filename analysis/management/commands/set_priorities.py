"""Work out which trials of an adaptive study to ask next."""

from argparse import ArgumentParser
from typing import Any

from analysis.enums import PriorityBy
from analysis.queries.versions import version_of
from analysis.services.priorities import prioritise
from corpus.commands import DomainCommand


class Command(DomainCommand):
    help = "Set the priority of every triad of STUDY (design: adaptive) by what another judgement of it would tell."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", help="slug of the study")
        parser.add_argument("--by", choices=PriorityBy.values, required=True, help="; ".join(PriorityBy.labels))
        parser.add_argument("--seed", type=int, default=0, help="of the maps (0)")

    def run(self, **options: Any) -> None:
        version = version_of(options["study"])
        done = prioritise(version_pk=version.pk, by=PriorityBy(options["by"]), seed=options["seed"])
        self.stdout.write(f"{done.trials} triads have a priority, {done.changed} of them another than before.")
        self.stdout.write(f"First: {', '.join(done.first)}")
        if version.definition["allocation"].get("design") != "adaptive":
            self.stdout.write("The study's design is not adaptive: nothing is asked by priority.")
