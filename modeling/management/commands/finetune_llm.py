"""`manage.py finetune_llm CORPUS --base NAME_OR_FOLDER`: stage 1, by a worker or here."""

from argparse import ArgumentParser
from typing import Any

from modeling.errors import RunError
from modeling.management.asked import TrainingCommand
from modeling.management.launched import launched, leave_signals_to_the_first
from modeling.models import TrainingRun
from modeling.queries.runs import UNFINISHED, corpus_by_slug
from modeling.services.training.doing import train_beside
from modeling.services.training.runs import request_training

KIND = "language_model"
GIVEN = ("base", "turns", "epochs", "lr", "batch", "micro", "block", "seed", "precision")


class Command(TrainingCommand):
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
        parser.add_argument("--full", action="store_true", help="Train every weight of the base instead of LoRA.")
        parser.add_argument("--epochs", type=float)
        parser.add_argument("--lr", type=float, help="Highest learning rate.")
        parser.add_argument("--batch", type=int, help="Blocks a step.")
        parser.add_argument("--micro", type=int, help="Blocks that are in memory at once.")
        parser.add_argument("--block", type=int, help="Tokens a block.")
        parser.add_argument("--seed", type=int)
        parser.add_argument("--precision", choices=["auto", "float32", "bfloat16"])
        self.add_training_arguments(parser)

    def run(self, **options: Any) -> None:
        process = launched()
        if process.of == 1:
            self.see_through(self._requested(options), options)
        elif not options["here"]:
            raise RunError("Several processes train in themselves, not in a worker: add --here.")
        else:
            self._among_several(first=process.number == 0, options=options)

    def _among_several(self, *, first: bool, options: dict[str, Any]) -> None:
        """Train as one of several processes: the first asks for the run, holds it and shows it."""
        from modeling.ml.processes import told_by_the_first

        if first:
            run = self._requested(options)
            told_by_the_first(run.state in UNFINISHED)
            self.see_through(run, options, several=True)
        elif told_by_the_first(False):
            leave_signals_to_the_first()
            train_beside(digest=self._requested(options | {"resume": False}).digest)

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
