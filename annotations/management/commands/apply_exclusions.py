"""Apply a study's rules of exclusion: `manage.py apply_exclusions STUDY [--dry-run]`."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any

from annotations.services.exclusion_rules import Applied, Verdict, apply_exclusion_rules
from corpus.commands import DomainCommand


class Command(DomainCommand):
    help = "Exclude who breaks a rule of `exclude:`, take in again who no longer does, and say who and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", help="The study's slug")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        parser.add_argument("--simulated", action="store_true", help="tell of simulated listeners too; none is flagged")

    def run(self, **options: Any) -> None:
        applied = apply_exclusion_rules(
            study_slug=options["study"], dry_run=options["dry_run"], simulated=options["simulated"]
        )
        self.stdout.write("\n".join(_report(options["study"], applied)))
        if options["dry_run"]:
            self.stdout.write("nothing was changed (--dry-run)")


def _report(study: str, applied: Applied) -> Iterator[str]:
    if not applied.rules:
        yield f"{study} has no rules (exclude: in its study file)"
    judged = len(applied.verdicts)
    yield f"{study}: {judged} judged; excluded before {applied.excluded_before}, after {applied.excluded_after}"
    for verdict in applied.verdicts:
        if verdict.excluded or verdict.changed or verdict.reasons:
            yield f"  {_what(verdict):<14}  {verdict.key}  {_why(verdict)}"
    yield f"  ratings: {applied.reopened} reopened, {applied.counted} count again"
    yield from _simulated(applied.simulated)


def _what(verdict: Verdict) -> str:
    if verdict.by_hand:
        return "by hand"
    if verdict.was_excluded:
        return "still excluded" if verdict.excluded else "included again"
    return "excluded" if verdict.excluded else "exempt"


def _why(verdict: Verdict) -> str:
    if verdict.by_hand and verdict.reasons:
        return f"{verdict.was} (rules say: {'; '.join(verdict.reasons)})"
    if verdict.exempt and verdict.reasons:
        return f"included by hand (rules say: {'; '.join(verdict.reasons)})"
    return verdict.exclusion if verdict.excluded else f"was: {verdict.was}"


def _simulated(verdicts: Sequence[Verdict]) -> Iterator[str]:
    if verdicts:
        broken = [verdict for verdict in verdicts if verdict.reasons]
        yield f"  simulated listeners: {len(broken)} of {len(verdicts)} would be excluded (none is flagged)"
        yield from (f"  would exclude   {verdict.key}  {'; '.join(verdict.reasons)}" for verdict in broken)
