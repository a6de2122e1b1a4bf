"""`manage.py fit_people STUDY_OR_EXPORT --align RUN` or `--map`: what is fitted to people's judgements, and says so."""

from argparse import ArgumentParser
from typing import Any

from analysis.services.judgements import freeze_judgements_of
from modeling.errors import RunError
from modeling.management.asked import TrainingCommand
from modeling.models import TrainingRun
from modeling.queries.runs import corpus_by_slug
from modeling.queries.vectors import embedding_named
from modeling.services.training.runs import request_training


class Command(TrainingCommand):
    """Ask for a transform of embeddings fitted to people's triads, or for the map that these alone make."""

    help = "Fit a transform of embeddings to people's triads, or map clips by these alone; report what is held out."
    result, made = "Written to", ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "judgements",
            metavar="STUDY_OR_EXPORT",
            help="A study's slug, or the folder that export_agreement wrote, in any format and layout; for --map also "
            "a CSV, JSON or Parquet file with columns anchor, near, far.",
        )
        parser.add_argument("--study-version", type=int, metavar="N", help="Of a study: the one that is asked now.")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--align", metavar="RUN", help="Transform this embedding run: its label, or its digest.")
        what.add_argument("--map", action="store_true", help="Place the clips by people's judgements alone.")
        parser.add_argument("--rank", help="With --align: rank of the change (8), or full for any matrix.")
        parser.add_argument("--strengths", type=float, nargs="+", help="With --align: penalties to choose from.")
        parser.add_argument("--groups", type=int, help="With --align: groups of clips that are held out by threes (6).")
        parser.add_argument("--dimensions", type=int, nargs="+", metavar="N", help="With --map: 1 2 3.")
        parser.add_argument("--method", choices=["soe", "tste"], help="With --map.")
        parser.add_argument("--folds", type=int, help="With --map: parts of the triads that are held out in turn (5).")
        parser.add_argument("--starts", type=int, help="With --map: random starts of which the best is kept (3).")
        parser.add_argument("--seed", type=int)
        self.add_training_arguments(parser)

    def run(self, **options: Any) -> None:
        self.see_through(self._requested(options), options)

    def _requested(self, options: dict[str, Any]) -> TrainingRun:
        kind = "ordinal" if options["map"] else "alignment"
        settings = _settings(kind, options)
        digest, frozen = freeze_judgements_of(name=options["judgements"], version_number=options["study_version"])
        corpus = corpus_by_slug(frozen.source.get("corpus", ""))
        self.stdout.write(
            f"{frozen.n_judgements} judgements of {frozen.n_triads} triads of {len(frozen.keys)} clips ({digest[:12]})"
        )
        settings["judgements"] = digest
        if kind == "alignment":
            embedding = embedding_named(options["align"], frozen.source.get("corpus", ""))
            corpus, settings["embedding"] = embedding.corpus, embedding.digest
        requested = request_training(
            kind=kind, corpus=corpus, settings=settings, name=options["name"], revive=options["resume"]
        )
        return requested.run


OF_KIND = {"alignment": ("rank", "strengths", "groups"), "ordinal": ("dimensions", "method", "folds", "starts")}


def _settings(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that were given; raise `RunError` for one of the other kind."""
    for other, names in OF_KIND.items():
        strange = [f"--{name}" for name in names if other != kind and options[name] is not None]
        if strange:
            raise RunError(f"{', '.join(strange)} belongs to {'--map' if other == 'ordinal' else '--align'}.")
    given = {name: options[name] for name in (*OF_KIND[kind], "seed") if options[name] is not None}
    if "rank" in given:
        given["rank"] = _rank(given["rank"])
    return given


def _rank(text: str) -> int | None:
    if text == "full":
        return None
    if not text.isdecimal():
        raise RunError(f"--rank {text}: give a whole number, or full.")
    return int(text)
