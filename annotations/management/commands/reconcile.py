"""Set a platform's list beside ours: `manage.py reconcile STUDY export.csv [--output FILE] [--release]`."""

import os
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from annotations.design.reconciling import Reconciled, reconcile
from annotations.design.releasing import left_by_list
from annotations.design.submissions import Action
from annotations.errors import StudyError
from annotations.models import Study
from annotations.platforms import Platform, platform_called
from annotations.platforms.reconciled import reconciled_csv
from annotations.queries.recruited import people_without_identity, recruited
from annotations.queries.studies import version_to_join
from annotations.services.releasing import Released, release
from annotations.study_file.schema import definition_of
from corpus.commands import DomainCommand

LISTED = 20


class Command(DomainCommand):
    help = "Compare a platform's list of submissions with what is stored: who is to be approved, looked at or asked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", help="The study's slug")
        parser.add_argument(
            "exports", type=Path, nargs="+", metavar="CSV", help="the platform's export; one for each study there"
        )
        parser.add_argument("--output", type=Path, metavar="FILE", help="write every line here (with platform ids)")
        parser.add_argument(
            "--reward", type=float, metavar="AMOUNT", help="paid for a whole submission: proposes bonuses for parts"
        )

        parser.add_argument(
            "--release",
            action="store_true",
            help="let those have left here who returned or timed out there: their ratings reopen",
        )
        parser.add_argument("--dry-run", action="store_true", help="with --release: only say who that would be")

    def run(self, **options: Any) -> None:
        study = Study.objects.filter(slug=options["study"]).first()
        if study is None:
            raise StudyError(f"There is no study {options['study']!r}. Load it with load_study.")
        platform = platform_called(definition_of(version_to_join(study.slug)).recruitment.platform)
        submissions = [one for export in options["exports"] for one in platform.read_submissions(export)]
        stored = recruited(study, platform.name)
        lines = reconcile(submissions, stored, reward=options["reward"])
        self.stdout.write("\n".join(_report(study, lines, platform)))
        dry_run = options["dry_run"] or not options["release"]
        released = release(study=study, left=left_by_list(submissions, stored), dry_run=dry_run)
        if options["release"] or released.returned or released.timed_out:
            self.stdout.write(_released(released, asked=options["release"], dry_run=dry_run))
        if options["output"]:
            _write(options["output"], reconciled_csv(lines))
            self.stdout.write(f"{options['output']}: {len(lines)} lines. It holds platform ids: it is for you alone.")


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner can read."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise StudyError(f"{path} cannot be written ({error.strerror}). Name another file.") from error


def _released(released: Released, *, asked: bool, dry_run: bool) -> str:
    who = f"{released.returned} who returned, {released.timed_out} who timed out; {released.reopened} ratings reopen"
    return f"  {'would be released' if dry_run else 'released'}: {who}{'' if asked else ' (--release)'}"


def _report(study: Study, lines: Sequence[Reconciled], platform: Platform) -> Iterator[str]:
    submissions = sum(line.submission is not None for line in lines)
    stored = sum(line.stored is not None for line in lines)
    both = sum(line.submission is not None and line.stored is not None for line in lines)
    here = f"{stored} people of {platform.title} here, {both} of them on both"
    yield f"{study}: {submissions} submissions on the list, {here}"
    without = people_without_identity(study)
    if without:
        yield f"  note: {without} came without an id of {platform.title} and can be on no list"
    counts = Counter(line.action for line in lines)
    named = {Action.APPROVE: "approve", Action.LOOK: "look at", Action.RETURN: "ask to return", Action.NONE: "settled"}
    yield "  " + ", ".join(f"{name} {counts[action]}" for action, name in named.items())
    looked_at = [line for line in lines if line.action in (Action.LOOK, Action.RETURN)]
    yield from (f"  {line.action:<8} {_who(line):<26} {line.finding}" for line in looked_at[:LISTED])
    if len(looked_at) > LISTED:
        yield f"  … and {len(looked_at) - LISTED} more: see --output"
    bonuses = [line.bonus for line in lines if line.bonus]
    if bonuses:
        yield f"  bonuses proposed for parts: {len(bonuses)}, {sum(bonuses):.2f} in all"


def _who(line: Reconciled) -> str:
    if line.submission is not None:
        return line.submission.participant
    return line.stored.participant if line.stored is not None else ""
