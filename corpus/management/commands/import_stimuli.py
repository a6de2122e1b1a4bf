"""Import clips and contexts from a CSV file."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.text import slugify

from corpus.commands import DomainCommand
from corpus.services import ImportSummary, import_stimuli
from corpus.services.summary import Range


class Command(DomainCommand):
    help = "Import the clips and contexts of a stimuli.csv; with any fault, nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("csv", type=Path, help="the stimuli.csv; sounds are named relative to its folder")
        parser.add_argument("--corpus", help="short name of the corpus; by default that of the CSV's folder")
        parser.add_argument("--title", default="", help="title of the corpus for people")
        parser.add_argument("--synthetic", action="store_true", help="the sounds were made by a machine")

    def run(self, **options: Any) -> None:
        csv_path: Path = options["csv"]
        slug = options["corpus"] or slugify(csv_path.absolute().parent.name) or "corpus"
        summary = import_stimuli(
            csv_path=csv_path,
            corpus_slug=slug,
            title=options["title"],
            synthetic=options["synthetic"],
            progress=self._progress,
        )
        self.stdout.write("\n".join(_report(summary)))

    def _progress(self, done: int, of: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} of {of} sounds", ending="\n" if done == of else "")


def _report(summary: ImportSummary) -> list[str]:
    corpus, roles = summary.corpus, ", ".join(f"{n} {role}" for role, n in summary.roles.items())
    stay = f"; {summary.absent} imported earlier are not in the file and stay" if summary.absent else ""
    return [
        f"Corpus {corpus.slug}, digest {corpus.digest[:12]}" + (", synthetic" if corpus.synthetic else ""),
        f"  stimuli    {summary.added} added, {summary.unchanged} unchanged{stay} ({roles})",
        f"  duration   {_range(summary.duration, '.2f')} s, {summary.total / 60:.1f} min in all",
        f"  loudness   {_range(summary.loudness, '.1f')} LUFS as they came",
        f"  gain       {_range(summary.gain, '+.1f')} dB to {corpus.loudness_target:g} LUFS on both ears",
        *(f"  note       {note}" for note in summary.notes),
    ]


def _range(values: Range, form: str) -> str:
    return f"{values.low:{form}} to {values.high:{form}} (median {values.middle:{form}})"
