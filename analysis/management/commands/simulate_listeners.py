"""Let simulated listeners of known sensitivity take part in a study."""

from argparse import ArgumentParser
from typing import Any

from analysis.services.simulation import simulate_listeners
from corpus.commands import DomainCommand


class Command(DomainCommand):
    help = "Let simulated listeners answer STUDY through the same services as people; they are marked as simulated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", help="slug of the study")
        parser.add_argument("--n", type=int, default=60, help="number of listeners (60)")
        parser.add_argument("--noise", type=float, default=0.8, help="0: hears perfectly; inf: not at all (0.8)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same answers (1)")
        parser.add_argument(
            "--like", default="", metavar="RUN", help="hear as this embedding run (label or digest), not by percepts"
        )

    def run(self, **options: Any) -> None:
        n = options["n"]
        done = simulate_listeners(
            study_slug=options["study"],
            n=n,
            noise=options["noise"],
            seed=options["seed"],
            like=options["like"],
            progress=lambda i: self._show(i, n),
        )
        self.stdout.write(f"{done.listeners} simulated listeners, {done.answers} new answers.")

    def _show(self, done: int, n: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} of {n} listeners", ending="\n" if done == n else "")
