"""Write retrieval of trained spaces and of their baselines into a folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from analysis.services.evaluate_retrieval import evaluate_retrieval
from corpus.commands import DomainCommand


class Command(DomainCommand):
    help = "Write how joint runs retrieve backchannels, with every baseline in the same table; same seed, same bytes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="+", metavar="CORPUS_OR_RUN", help="all runs on a corpus, or digests")
        parser.add_argument("--output", required=True, type=Path, metavar="FOLDER", help="new, or an earlier export")
        parser.add_argument("--bootstrap", type=int, default=2000, metavar="B", help="number of resamples (2000)")
        parser.add_argument("--seed", type=int, default=0, help="of resampling and of batches (0)")
        parser.add_argument("--pool", type=int, default=10_000, metavar="N", help="most candidates (10000)")

    def run(self, **options: Any) -> None:
        done = evaluate_retrieval(
            names=options["names"],
            output=options["output"],
            n_resamples=options["bootstrap"],
            seed=options["seed"],
            largest=options["pool"],
        )
        self.stdout.write(done.table)
        self.stdout.write(f"{len(done.files)} files in {done.folder}")
