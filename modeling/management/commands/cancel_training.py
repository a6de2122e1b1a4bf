"""`manage.py cancel_training RUN`: stop a training run wherever it is computed."""

from argparse import ArgumentParser
from typing import Any

from corpus.commands import DomainCommand
from modeling.queries.training import training_by_digest
from modeling.services import leases


class Command(DomainCommand):
    """Cancel a run; its worker saves a checkpoint and goes on with other work."""

    help = "Cancel a training run; what it has done is kept, and the same request with --resume goes on from there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("run", metavar="RUN", help="The run's digest or the beginning of it.")

    def run(self, **options: Any) -> None:
        run = training_by_digest(options["run"])
        if leases.cancel(run=run):
            self.stdout.write(f"{run}: cancelled.")
        else:
            self.stdout.write(f"{run}: was {run.state} already.")
