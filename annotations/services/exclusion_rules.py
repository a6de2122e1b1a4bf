"""Rules of `exclude:` into flags with reasons, and back where a rule is no longer broken.

A reason that a rule gave begins with `rule: `. Only such flags are set, changed or cleared here: an exclusion with any
other reason was made by a researcher and stays. Everyone is judged by the rules of the version that they began.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from annotations.design import exclusion_rules as rules
from annotations.design.exclusion_rules import Evidence
from annotations.enums import ParticipantKind
from annotations.errors import StudyError
from annotations.models import Participant, Study, StudyVersion
from annotations.queries.evidence import evidence_of, people_at_rest
from annotations.services.exclusion import LONGEST_REASON
from annotations.services.recount import COUNTED, count_ratings, reopen_ratings
from annotations.study_file.parts import AttentionFailed, Exclusion, ImplausibleTimes, MedianTooQuick
from annotations.study_file.schema import definition_of

BY_RULE = "rule: "


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one participant. `was`: the exclusion before, empty for none; `reasons`: rules broken."""

    pk: int
    key: str
    kind: str
    version: int
    was: str
    was_excluded: bool
    reasons: tuple[str, ...]

    @property
    def by_hand(self) -> bool:
        """Whether a researcher excluded them, which no rule changes."""
        return self.was_excluded and not self.was.startswith(BY_RULE)

    @property
    def exclusion(self) -> str:
        """The exclusion after, empty for none."""
        if self.by_hand or not (self.was_excluded or self.reasons):
            return self.was
        said = BY_RULE + "; ".join(self.reasons) if self.reasons else ""
        return said if len(said) <= LONGEST_REASON else said[: LONGEST_REASON - 1] + "…"

    @property
    def excluded(self) -> bool:
        """Whether they are excluded after."""
        return self.by_hand or bool(self.reasons)

    @property
    def changed(self) -> bool:
        """Whether the flag or its reason changes."""
        return (self.was_excluded, self.was) != (self.excluded, self.exclusion)


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying the rules did, or would do: every verdict, and how many ratings were reopened or count again.

    `simulated` are verdicts on simulated listeners, which are told but never flagged.
    """

    rules: int
    verdicts: tuple[Verdict, ...]
    simulated: tuple[Verdict, ...]
    reopened: int = 0
    counted: int = 0

    @property
    def excluded_before(self) -> int:
        """How many were excluded before, by rule or by hand."""
        return sum(verdict.was_excluded for verdict in self.verdicts)

    @property
    def excluded_after(self) -> int:
        """How many are excluded after."""
        return sum(verdict.excluded for verdict in self.verdicts)


def apply_exclusion_rules(*, study_slug: str, dry_run: bool = False, simulated: bool = False) -> Applied:
    """Judge everyone who is not at work by the rules of their version; set and clear flags and recount ratings.

    The ratings of everyone who is excluded, by rule or by hand, reopen; those of people included again count while
    there is room. Done twice, the second time changes nothing. A `dry_run` changes nothing at all. Simulated
    listeners are judged if asked for, and never flagged.

    Raises `StudyError` for an unknown study.
    """
    study = Study.objects.filter(slug=study_slug).first()
    if study is None:
        raise StudyError(f"There is no study {study_slug!r}. Load it with load_study.")
    versions = list(study.versions.select_related("study"))
    n_rules = sum(len(definition_of(version).exclude) for version in versions)
    verdicts = _judge(versions, COUNTED)
    told = _judge(versions, (ParticipantKind.SIMULATED,)) if simulated else ()
    with transaction.atomic():
        reopened, counted = _flag(study, verdicts)
        transaction.set_rollback(dry_run)
    return Applied(n_rules, verdicts, told, reopened, counted)


@transaction.atomic
def apply_rules_to(*, participant: Participant) -> Verdict:
    """Judge one participant who has just finished; set or clear the flag, and recount ratings."""
    version = participant.version
    one = Participant.objects.filter(pk=participant.pk)
    evidence = evidence_of(version, one).get(participant.pk, Evidence())
    verdict = _verdict(one.get(), version, evidence)
    _flag(version.study, (verdict,))
    return verdict


def _judge(versions: Sequence[StudyVersion], kinds: Sequence[str]) -> tuple[Verdict, ...]:
    verdicts = []
    for version in versions:
        people = people_at_rest(version, kinds, timezone.now())
        evidence = evidence_of(version, people)
        verdicts += [_verdict(one, version, evidence.get(one.pk, Evidence())) for one in people]
    return tuple(verdicts)


def _verdict(one: Participant, version: StudyVersion, evidence: Evidence) -> Verdict:
    said = [_reason(rule, evidence) for rule in definition_of(version).exclude]
    reasons = tuple(dict.fromkeys(reason for reason in said if reason))
    return Verdict(one.pk, one.key, one.kind, version.number, one.exclusion, one.excluded, reasons)


def _reason(rule: Exclusion, evidence: Evidence) -> str | None:
    if isinstance(rule, AttentionFailed):
        return rules.attention_failed(evidence, more_than=rule.more_than)
    if isinstance(rule, MedianTooQuick):
        return rules.median_too_quick(evidence, below_ms=rule.value)
    if isinstance(rule, ImplausibleTimes):
        return rules.implausible(evidence, share_above=rule.value)
    return rules.same_answer(evidence, share_above=rule.value)


@transaction.atomic
def _flag(study: Study, verdicts: Sequence[Verdict]) -> tuple[int, int]:
    """Store the verdicts that change something; return how many ratings were reopened and count again."""
    changed = {verdict.pk: verdict for verdict in verdicts if verdict.changed}
    for one in Participant.objects.select_for_update(no_key=True).filter(pk__in=list(changed)).order_by("pk"):
        verdict = changed[one.pk]
        # Whom a researcher has excluded or included since the rules were asked stays so.
        if (one.excluded, one.exclusion) == (verdict.was_excluded, verdict.was):
            one.excluded, one.exclusion = verdict.excluded, verdict.exclusion
            one.save(update_fields=["excluded", "exclusion"])
    return reopen_ratings(study=study), count_ratings(study=study)
