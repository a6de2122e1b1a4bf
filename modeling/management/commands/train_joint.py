"""`manage.py train_joint CORPUS`: stage 2, by a worker or here; one run or a sweep."""

import time
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from corpus.commands import DomainCommand
from corpus.models import Corpus
from modeling.durations import in_words
from modeling.errors import RunError
from modeling.management.following import queue
from modeling.management.joint_options import grid_of, models_of, pairs
from modeling.management.joint_table import sweep_table
from modeling.management.seeing import see_through
from modeling.management.tables import as_text
from modeling.models import TrainingRun
from modeling.queries.runs import UNFINISHED, corpus_by_slug
from modeling.services.training.joining.plan import Planned, plan
from modeling.services.training.kinds import kind_named


class Command(DomainCommand):
    """Embed the items where that is missing, train, and write one table."""

    help = "Train a joint space of contexts and backchannels on a corpus, once or for every combination of a sweep."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("corpus", metavar="CORPUS")
        parser.add_argument(
            "--backchannel", default="audio", metavar="KIND", help="audio (default), lm, sentences, form."
        )
        parser.add_argument(
            "--context", nargs="+", default=["audio+text"], metavar="KIND",
            help="audio, lm, lm_before, sentences, text, joined by + (default audio+text); a run for each.",
        )  # fmt: skip
        parser.add_argument("--turns", type=int, nargs="+", default=[5], metavar="N", help="Turns of text: 1 3 5.")
        parser.add_argument("--encoder", default="wavlm", metavar="NAME", help="Of sounds: wavlm, prosody, spectral.")
        parser.add_argument("--weights", metavar="NAME_OR_FOLDER", help="Of the encoder, where it has any.")
        parser.add_argument("--layer", type=int, help="Hidden layer of the encoder.")
        parser.add_argument("--encoder-set", action="append", default=[], metavar="KEY=VALUE")
        parser.add_argument("--lm", default="", metavar="RUN_OR_NAME", help="A fine-tuned run, `latest`, or a model.")
        parser.add_argument("--lm-precision", default="float32", choices=["float32", "bfloat16"])
        parser.add_argument("--sentences", default="", metavar="NAME_OR_FOLDER", help="A sentence-transformers model.")
        parser.add_argument("--context-seconds", type=float, default=1.0, help="Of sound before a backchannel (1).")
        parser.add_argument("--context-side", default="both", choices=["both", "other"])
        parser.add_argument("--forms", type=int, default=500, help="Word forms told apart by `--backchannel form`.")
        parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE", help="Of training: dimension=256 …")
        parser.add_argument(
            "--sweep", nargs="+", default=[], metavar="KEY=A,B",
            help="Every combination: dimension, batch, depth, excluded, seed, modality, turns.",
        )  # fmt: skip
        parser.add_argument("--name", default="", help="Tells runs with equal settings apart.")
        parser.add_argument("--resume", action="store_true", help="Go on with runs that were stopped or have failed.")
        parser.add_argument("--here", action="store_true", help="Train in this process, without a worker.")
        parser.add_argument("--no-wait", action="store_true", help="Queue the runs and return.")

    def run(self, **options: Any) -> None:
        corpus = _corpus(options["corpus"])
        planned = plan(
            corpus, models_of(corpus, options), grid_of(options), pairs(options["set"], "--set"),
            name=options["name"], revive=options["resume"],
        )  # fmt: skip
        runs = list({run.pk: run for one in planned for run in (*one.vectors, one.run)}.values())
        runs.sort(key=lambda run: run.kind != "item_vectors")  # everything is embedded before anything is trained
        if not options["here"]:
            for run in runs:
                if run.state in UNFINISHED:
                    queue(run)
        if options["no_wait"] and not options["here"]:
            self.stdout.write("\n".join(f"{run}, run {run.digest[:12]}: {run.state}" for run in runs))
            return
        self._see_through(runs, options)
        self._show(planned)

    def _see_through(self, runs: Sequence[TrainingRun], options: dict[str, Any]) -> None:
        began, waiting = time.monotonic(), [run for run in runs if run.state in UNFINISHED]
        for run in runs:
            run.refresh_from_db()
            number = waiting.index(run) + 1 if run in waiting else 0
            far = f" ({number} of {len(waiting)}{_left(began, number - 1, len(waiting))})" if number else ""
            self.stdout.write(f"{run}, run {run.digest[:12]}{far}")
            see_through(run, self.stdout, options, command="train_joint")

    def _show(self, planned: Sequence[Planned]) -> None:
        for one in planned:
            one.run.refresh_from_db()
        if len(planned) == 1:
            for table in kind_named("joint").tables(planned[0].run.metrics):
                self.stdout.write("\n" + as_text(table))
            self.stdout.write(f"\nThe space: {planned[0].run.folder}")
            return
        self.stdout.write("\n" + as_text(sweep_table(planned)))
        digests = " ".join(one.run.digest[:12] for one in planned)
        self.stdout.write(f"\nWith baselines and intervals: manage.py evaluate_retrieval {digests} --output FOLDER")


def _corpus(slug: str) -> Corpus:
    corpus = corpus_by_slug(slug)
    if corpus is None:
        raise RunError(f"There is no corpus {slug!r}. Import one: manage.py import_dialogues PATH")
    return corpus


def _left(began: float, done: int, of: int) -> str:
    """Return how long the runs that remain will take if they take as long as those before."""
    return f", {in_words((time.monotonic() - began) / done * (of - done))} left" if done else ""
