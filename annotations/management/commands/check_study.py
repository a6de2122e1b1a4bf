"""Say what would go wrong before a study goes live: `manage.py check_study study.yaml` or `… check_study STUDY`."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management import CommandError

from annotations.checking.check import check, in_order
from annotations.checking.expected import Pay
from annotations.checking.facts import StudyFacts
from annotations.checking.findings import Finding, Severity, plural
from annotations.checking.from_database import facts_of_version
from annotations.checking.from_file import facts_of_file
from annotations.errors import StudyError
from annotations.models import StudyVersion
from corpus.commands import DomainCommand


class Command(DomainCommand):
    help = "Check a study file, or the newest version of a loaded study, and list what to mend. Exits with 1 on faults."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", help="A study file, such as study.yaml, or the slug of a loaded study")
        parser.add_argument("--pay-per-hour", type=float, metavar="AMOUNT", help="say what the study will cost")
        parser.add_argument("--fees", type=float, metavar="PERCENT", help="what the platform takes on top of the pay")

    def run(self, **options: Any) -> None:
        path = Path(options["study"])
        if path.suffix in (".yaml", ".yml") or path.is_file():
            name, (facts, found) = path.name, facts_of_file(path, self._progress)
        else:
            version = _newest(options["study"])
            name, (facts, found) = str(version), facts_of_version(version)
        findings = in_order(found + (check(facts, pay=_pay(options)) if facts else []))
        self.stdout.write(f"{name}: {_summary(facts, findings)}")
        for finding in findings:
            self.stdout.write(f"{finding.severity:<8} {finding}")
        faults = sum(finding.severity is Severity.FAULT for finding in findings)
        if faults:
            raise CommandError(f"{plural(faults, 'fault')}: mend before going live.")

    def _progress(self, done: int, of: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done} of {of} sounds", ending="\n" if done == of else "")


def _pay(options: dict[str, Any]) -> Pay | None:
    per_hour, fees = options["pay_per_hour"], options["fees"]
    if per_hour is None and fees is not None:
        raise CommandError("Say with --pay-per-hour what participants get, so that --fees are a share of something.")
    return None if per_hour is None else Pay(per_hour, fees)


def _newest(slug: str) -> StudyVersion:
    version = StudyVersion.objects.filter(study__slug=slug).select_related("study", "corpus").order_by("number").last()
    if version is None:
        raise StudyError(f"There is no study {slug!r} with a version. Give a study file, or load one with load_study.")
    return version


def _summary(facts: StudyFacts | None, findings: Sequence[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    said = ", ".join(plural(counts[severity], severity.value) for severity in Severity)
    return f"{plural(len(facts.trials), 'trial')}; {said}" if facts else said
