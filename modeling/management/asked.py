"""The base of commands that ask for a training run: queue it or train here, follow it, show what came of it."""

import shlex
import sys
from argparse import ArgumentParser
from typing import Any

from corpus.commands import DomainCommand
from modeling.enums import RunState
from modeling.errors import RunError
from modeling.management.following import follow, queue
from modeling.management.here import train_here
from modeling.management.progress import TrainingLine
from modeling.management.tables import as_text
from modeling.models import TrainingRun
from modeling.queries.runs import UNFINISHED
from modeling.services.training.kinds import kind_named


class TrainingCommand(DomainCommand):
    """A command whose `run` asks for one training run and hands it to `see_through`."""

    result = "The model"
    """What `made` is called when it is shown."""
    made = "model"
    """What of the run's folder is shown at the end."""

    def add_training_arguments(self, parser: ArgumentParser) -> None:
        """Add the options that all of them have."""
        parser.add_argument("--name", default="", help="Tells runs with equal settings apart.")
        parser.add_argument("--resume", action="store_true", help="Go on with a run that was stopped or has failed.")
        parser.add_argument("--here", action="store_true", help="Train in this process, without a worker.")
        parser.add_argument("--no-wait", action="store_true", help="Queue the run and return.")

    def see_through(self, run: TrainingRun, options: dict[str, Any]) -> None:
        """Train or follow the run until it ends; raise `RunError` where it does not end well."""
        self.stdout.write(f"{run}, run {run.digest[:12]}")
        if run.state in UNFINISHED:
            if options["here"]:
                train_here(run, TrainingLine(self.stdout), go_on=self._go_on())
            else:
                queue(run)
                if options["no_wait"]:
                    return
                follow(run, TrainingLine(self.stdout))
            run.refresh_from_db()
        self._show(run)

    def _show(self, run: TrainingRun) -> None:
        if run.state == RunState.FINISHED:
            for table in kind_named(run.kind).tables(run.metrics):
                self.stdout.write("\n" + as_text(table))
            self.stdout.write(f"\n{self.result}: {run.folder / self.made}")
        elif run.state == RunState.FAILED:
            raise RunError(f"Failed after {_far(run)}: {run.reason} {run.advice}".strip() + f"\n{self._go_on()}")
        elif run.state == RunState.CANCELLED:
            raise RunError(f"Stopped; {_far(run)} are saved.\n{self._go_on()}")

    def _go_on(self) -> str:
        name = self.__module__.rpartition(".")[2]
        words = [word for word in sys.argv[1:] if word != "--resume"]
        asked = shlex.join(["manage.py", *words]) if words[:1] == [name] else "the same command"
        return f"Go on with: {asked} --resume   (or begin anew under another --name)"


def _far(run: TrainingRun) -> str:
    return f"{run.saved} of {run.total} steps"
