"""`manage.py import_dialogues PATH --corpus SLUG --format FORMAT`: dialogues, channels, utterances and words."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from corpus.commands import DomainCommand
from corpus.importers.dialogues import formats
from corpus.services import DialogueImport, import_dialogues

_SHOWN = 20  # notes


class Command(DomainCommand):
    help = "Import dialogues from a file or a folder; with any fault nothing is stored, unless --skip-bad."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a file, or a folder with files of the format")
        parser.add_argument("--corpus", required=True, metavar="SLUG", help="the corpus to import into")
        about = "; ".join(f"{name}: {one.about}" for name, one in formats().items())
        parser.add_argument("--format", required=True, choices=list(formats()), help=about)
        parser.add_argument("--title", default="")
        parser.add_argument("--tiers", nargs="+", default=[], metavar="NAME", help="tiers that hold words")
        parser.add_argument("--audio", type=Path, metavar="FOLDER", help="recordings named after the dialogues")
        parser.add_argument("--skip-bad", action="store_true", help="leave out dialogues with faults, and list them")

    def run(self, **options: Any) -> None:
        done = import_dialogues(
            path=options["path"],
            corpus_slug=options["corpus"],
            format_name=options["format"],
            title=options["title"],
            tiers=options["tiers"],
            audio=options["audio"],
            skip_bad=options["skip_bad"],
            progress=self._progress,
        )
        self.stdout.write("\n".join(_report(done)))

    def _progress(self, done: int, of: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} of {of} dialogues", ending="\n" if done == of else "")


def _report(done: DialogueImport) -> list[str]:
    told = [
        f"Corpus {done.corpus.slug}, digest of its dialogues {done.corpus.dialogues_digest[:12]}",
        f"  dialogues  {done.added} added, {done.unchanged} unchanged",
        f"  added      {done.utterances} utterances, {done.words} timed words, {done.channels} channels",
    ]
    told += [f"  sound      {done.with_sound} channels have theirs"] if done.with_sound else []
    told += [f"  note       {note}" for note in done.notes[:_SHOWN]]
    told += [f"  note       and {len(done.notes) - _SHOWN} more"] if len(done.notes) > _SHOWN else []
    if done.skipped:
        told.append(f"{len(done.skipped)} skipped:")
        told += [f"  {key} ({file})" for key, file in done.skipped]
        told += [f"  {fault}" for fault in done.faults]
    return told
