"""The base of commands that ask for a training run: queue it or train here, follow it, show what came of it."""

from argparse import ArgumentParser
from typing import Any

from corpus.commands import DomainCommand
from modeling.enums import RunState
from modeling.errors import RunError
from modeling.management.following import queue
from modeling.management.seeing import far, go_on, wait_for
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

    def see_through(self, run: TrainingRun, options: dict[str, Any], *, several: bool = False) -> None:
        """Train or follow the run until it ends; raise `RunError` where it does not end well.

        `several`: this is the first of several processes that train together.
        """
        self.stdout.write(f"{run}, run {run.digest[:12]}")
        if run.state in UNFINISHED and not options["here"]:
            queue(run)
            if options["no_wait"]:
                return
        wait_for(run, self.stdout, here=options["here"], command=self._name, several=several)
        self._show(run)

    def _show(self, run: TrainingRun) -> None:
        if run.state == RunState.FINISHED:
            for table in kind_named(run.kind).tables(run.metrics):
                self.stdout.write("\n" + as_text(table))
            self.stdout.write(f"\n{self.result}: {run.folder / self.made}")
        elif run.state == RunState.FAILED:
            raise RunError(f"Failed after {far(run)}: {run.reason} {run.advice}".strip() + f"\n{go_on(self._name)}")
        elif run.state == RunState.CANCELLED:
            raise RunError(f"Stopped; {far(run)} are saved.\n{go_on(self._name)}")

    @property
    def _name(self) -> str:
        return self.__module__.rpartition(".")[2]
