"""`manage.py finetune_llm CORPUS --base NAME_OR_FOLDER`: stage 1, by a worker or here."""

import os
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
from modeling.queries.runs import UNFINISHED, corpus_by_slug
from modeling.services.training.doing import train_beside
from modeling.services.training.kinds import kind_named
from modeling.services.training.runs import request_training

KIND = "language_model"
GIVEN = ("base", "turns", "epochs", "lr", "batch", "micro", "block", "seed", "precision")


class Command(DomainCommand):
    """Ask for a language model that is fine-tuned on a corpus's dialogues, and show how it goes."""

    help = "Fine-tune a causal language model on the dialogues of a corpus and report its perplexity before and after."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("corpus", metavar="CORPUS")
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--base", metavar="NAME_OR_FOLDER", help="The model to begin with.")
        source.add_argument(
            "--from-scratch",
            choices=["small", "tiny"],
            dest="scratch",
            help="No pretrained model: a tokenizer and a small model made of this corpus alone, and called so.",
        )
        parser.add_argument("--turns", type=int, nargs="+", metavar="N", help="Turns of context to judge at: 1 3 5.")
        parser.add_argument("--name", default="", help="Tells runs with equal settings apart.")
        parser.add_argument("--full", action="store_true", help="Train every weight of the base instead of LoRA.")
        parser.add_argument("--epochs", type=float)
        parser.add_argument("--lr", type=float, help="Highest learning rate.")
        parser.add_argument("--batch", type=int, help="Blocks a step.")
        parser.add_argument("--micro", type=int, help="Blocks that are in memory at once.")
        parser.add_argument("--block", type=int, help="Tokens a block.")
        parser.add_argument("--seed", type=int)
        parser.add_argument("--precision", choices=["auto", "float32", "bfloat16"])
        parser.add_argument("--resume", action="store_true", help="Go on with a run that was stopped or has failed.")
        parser.add_argument("--here", action="store_true", help="Train in this process, without a worker.")
        parser.add_argument("--no-wait", action="store_true", help="Queue the run and return.")

    def run(self, **options: Any) -> None:
        run = self._requested(options)
        if int(os.environ.get("RANK", "0")) > 0:  # of several processes that accelerate launched, not the first
            train_beside(digest=run.digest)
            return
        self.stdout.write(f"{run}, run {run.digest[:12]}")
        if run.state in UNFINISHED:
            if options["here"]:
                train_here(run, TrainingLine(self.stdout), go_on=self._go_on(run))
            else:
                queue(run)
                if options["no_wait"]:
                    return
                follow(run, TrainingLine(self.stdout))
            run.refresh_from_db()
        self._show(run)

    def _requested(self, options: dict[str, Any]) -> TrainingRun:
        corpus = corpus_by_slug(options["corpus"])
        if corpus is None:
            raise RunError(f"There is no corpus {options['corpus']!r}. Import one: manage.py import_dialogues PATH")
        settings = {name: options[name] for name in GIVEN if options[name] is not None}
        settings |= {name: options[name] for name in ("scratch", "full") if options[name]}
        requested = request_training(
            kind=KIND, corpus=corpus, settings=settings, name=options["name"], revive=options["resume"]
        )
        return requested.run

    def _show(self, run: TrainingRun) -> None:
        """Write what came of it; raise `RunError` where it did not end well."""
        if run.state == RunState.FINISHED:
            for table in kind_named(run.kind).tables(run.metrics):
                self.stdout.write("\n" + as_text(table))
            self.stdout.write(f"\nThe model: {run.folder / 'model'}")
        elif run.state == RunState.FAILED:
            raise RunError(f"Failed after {_far(run)}: {run.reason} {run.advice}".strip() + f"\n{self._go_on(run)}")
        elif run.state == RunState.CANCELLED:
            raise RunError(f"Stopped; {_far(run)} are saved.\n{self._go_on(run)}")

    def _go_on(self, run: TrainingRun) -> str:
        words = [word for word in sys.argv[1:] if word != "--resume"]
        asked = shlex.join(["manage.py", *words]) if words[:1] == ["finetune_llm"] else "the same command"
        return f"Go on with: {asked} --resume   (or begin anew under another --name)"


def _far(run: TrainingRun) -> str:
    return f"{run.saved} of {run.total} steps"
