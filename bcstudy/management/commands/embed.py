"""`manage.py embed STUDY|CORPUS --encoder NAME`: what a model hears in every stimulus, computed by a worker or here."""

import os
import socket
from argparse import ArgumentParser
from typing import Any

from annotations.models import Study
from corpus.commands import DomainCommand
from corpus.models import Corpus
from modeling.enums import RunState
from modeling.errors import RunError
from modeling.management.following import ask_for, watch
from modeling.management.progress import ProgressLine
from modeling.models import EmbeddingRun
from modeling.queries.runs import UNFINISHED, corpus_by_slug
from modeling.services.computing import compute_run
from modeling.services.encoders import known_encoders
from modeling.services.runs import request_run
from modeling.tasks import queue_run


class Command(DomainCommand):
    """Ask for an embedding run and show how it goes."""

    help = "Compute embeddings of a study's or a corpus's stimuli with an encoder; a run that was stopped goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="STUDY|CORPUS")
        parser.add_argument("--encoder", required=True, metavar="NAME", help="One of: " + ", ".join(known_encoders()))
        parser.add_argument("--weights", metavar="NAME_OR_FOLDER", help="Of the model, where the encoder has one.")
        parser.add_argument(
            "--layer",
            type=int,
            nargs="+",
            metavar="N",
            help="Hidden layer, 0 to the last; negative counts from the end. Several: a run for each.",
        )
        parser.add_argument(
            "--set", action="append", default=[], metavar="KEY=VALUE", help="Another setting of the encoder."
        )
        parser.add_argument("--here", action="store_true", help="Compute in this process, without a worker.")
        parser.add_argument("--no-wait", action="store_true", help="Queue the run and return.")

    def run(self, **options: Any) -> None:
        corpus, settings = corpus_named(options["name"]), encoder_settings(options)
        layered = [settings | {"layer": layer} for layer in options["layer"] or ()] or [settings]
        runs = [request_run(corpus=corpus, encoder=options["encoder"], settings=one).run for one in layered]
        unfinished = [run for run in runs if run.state in UNFINISHED]
        if not options["here"]:
            for run in unfinished:
                ask_for(run, queue_run, without="compute")
        failed = []
        for run in runs:
            self.stdout.write(f"{run.label}, run {run.digest[:12]}")
            if run not in unfinished:
                self.stdout.write(f"Finished before: {run.done} stimuli embedded.")
            elif options["here"] or not options["no_wait"]:
                failed += self._see_through(run, here=options["here"])
        if failed:
            raise RunError("\n".join(failed))

    def _see_through(self, run: EmbeddingRun, *, here: bool) -> list[str]:
        """Compute the run here, or follow the worker that does; return what to say if it failed."""
        line = ProgressLine(self.stdout)
        if here:
            _compute(run, line)
        else:
            watch(run, line)
        run.refresh_from_db()
        line.end()
        if run.state == RunState.FAILED:
            return [f"{run.label} failed after {run.done} of {run.total}: {run.reason} {run.advice}".strip()]
        line.say(f"{RunState(run.state).label.capitalize()}: {run.done} of {run.total} stimuli embedded.")
        return []


def corpus_named(name: str) -> Corpus:
    """Return the corpus of a study, or the corpus of that name; raise `RunError` if there is neither."""
    study = Study.objects.filter(slug=name).first()
    version = study.version_to_join() if study else None
    corpus = version.corpus if version else corpus_by_slug(name)
    if corpus is None:
        raise RunError(f"There is no study and no corpus called {name!r}. Load one: manage.py load_study study.yaml")
    return corpus


def encoder_settings(options: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that were given on the command line; raise `RunError` for one that is no KEY=VALUE."""
    settings = {key: options[key] for key in ("weights",) if options[key] is not None}
    for pair in options["set"]:
        key, equals, value = pair.partition("=")
        if not equals:
            raise RunError(f"--set {pair}: write it as KEY=VALUE.")
        settings[key] = value
    return settings


def _compute(run: EmbeddingRun, line: ProgressLine) -> None:
    owner = f"{socket.gethostname()}:{os.getpid()}"
    if compute_run(digest=run.digest, owner=owner, progress=line.show):
        return
    run.refresh_from_db()
    if run.state in UNFINISHED:
        raise RunError("A worker is at this run already; see its progress without --here.")
