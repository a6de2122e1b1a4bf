"""`manage.py extract_backchannels CORPUS`: which utterances are backchannels, and their sounds where there are any."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from corpus.commands import DomainCommand
from corpus.enums import ExtractionMethod, Split
from corpus.models import Extraction
from corpus.services import ClipsCut, cut_clips, extract_backchannels

_SHOWN = 20  # clips that were left out


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ArgumentTypeError(f"give name=value, not {text!r}")
    return name, value


class Command(DomainCommand):
    help = "Find the backchannels of a corpus by dialogue-act tags or by rule, and give every dialogue its part."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("corpus", metavar="CORPUS")
        parser.add_argument("--method", choices=ExtractionMethod.values, help="default: tag where there are tags")
        parser.add_argument(
            "--set", type=_setting, action="append", default=[], metavar="NAME=VALUE", help="a parameter; repeat it"
        )
        parser.add_argument("--clips", type=Path, metavar="FOLDER", help="cut clips and contexts, for import_stimuli")
        parser.add_argument("--context-seconds", type=float, default=10.0, help="of each context; default: 10")

    def run(self, **options: Any) -> None:
        extraction = extract_backchannels(
            corpus_slug=options["corpus"], method=options["method"], given=dict(options["set"])
        )
        self.stdout.write("\n".join(_report(extraction)))
        if options["clips"]:
            done = cut_clips(
                extraction=extraction,
                folder=options["clips"],
                context_seconds=options["context_seconds"],
                progress=self._progress,
            )
            self.stdout.write("\n".join(_clips(done)))

    def _progress(self, done: int, of: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} of {of} clips", ending="\n" if done == of else "")


def _report(extraction: Extraction) -> list[str]:
    figures = extraction.figures
    forms = ", ".join(f"{form} {count}" for form, count in figures["forms"][:10])
    parts = ", ".join(
        f"{part} {figures['dialogues'].get(part, 0)} dialogues with {figures['items'].get(part, 0)}"
        for part in Split.values
    )
    told = [
        f"Extraction {extraction.digest[:12]} by {extraction.method}",
        f"  found      {extraction.item_count} backchannels among {figures['utterances']} utterances",
        f"  forms      {figures['distinct_forms']}, commonest: {forms}",
        f"  parts      {parts}",
    ]
    if not all(figures["dialogues"].get(part) for part in Split.values):
        told.append(
            "  note       a part is empty: too few dialogues, or people link them; --set by=dialogue ignores people"
        )
    if figures["seconds"]:
        low, middle, high = figures["seconds"]
        told.append(f"  duration   {low:.3f} to {high:.3f} (median {middle:.3f}) s of {figures['timed']}")
        told.append(f"  overlap    {figures['overlapping']} while the other spoke")
    if figures["rule_against_tags"]:
        told.append(_score(figures["rule_against_tags"]))
    settings = extraction.parameters["found_by"] | extraction.parameters["splits"]
    return [*told, *(f"  parameter  {name}={value}" for name, value in settings.items())]


def _score(score: dict[str, Any]) -> str:
    precision, recall, f1 = (
        "undefined" if score[name] is None else f"{score[name]:.3f}" for name in ("precision", "recall", "f1")
    )
    counts = f"{score['both']} both, {score['rule_only']} by rule only, {score['tag_only']} by tag only"
    return f"  rule       against tags: precision {precision}, recall {recall}, F1 {f1} ({counts})"


def _clips(done: ClipsCut) -> list[str]:
    told = [f"  clips      {done.pairs}, each with its context, in {done.csv.parent}"]
    told += [f"  note       {done.without_sound} backchannels have no sound or no times"] if done.without_sound else []
    told += [f"  left out   {fault}" for fault in done.left_out[:_SHOWN]]
    told += [f"  left out   and {len(done.left_out) - _SHOWN} more"] if len(done.left_out) > _SHOWN else []
    return [*told, f"Next: manage.py import_stimuli {done.csv}"]
