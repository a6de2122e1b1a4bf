"""Rules of `exclude:` into flags with reasons, and back where a rule is no longer broken.

A reason that a rule gave begins with `rule: `. Only such flags are set, changed or cleared here: an exclusion with any
other reason was made by a researcher and stays, and whom a researcher included again (`Participant.exempt`) is never
flagged. Everyone is judged by the rules of the version that they began.
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
from annotations.services.exclusion import BY_RULE, LONGEST_REASON
from annotations.services.recount import COUNTED, count_ratings, recount_ratings, reopen_ratings
from annotations.study_file.parts import AttentionFailed, Exclusion, ImplausibleTimes, MedianTooQuick
from annotations.study_file.schema import definition_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one participant.

    `was`: the exclusion before, empty for none; `reasons`: rules broken; `exempt`: whether a researcher included them
    against a rule; `failed_attention`: whether the rule about attention trials is one of those broken.
    """

    pk: int
    key: str
    kind: str
    version: int
    was: str
    was_excluded: bool
    reasons: tuple[str, ...]
    exempt: bool = False
    failed_attention: bool = False

    @property
    def by_hand(self) -> bool:
        """Whether a researcher excluded them, which no rule changes."""
        return self.was_excluded and not self.was.startswith(BY_RULE)

    @property
    def exclusion(self) -> str:
        """The exclusion after, empty for none."""
        if self.by_hand or not (self.was_excluded or self._flagged):
            return self.was
        said = BY_RULE + "; ".join(self.reasons) if self._flagged else ""
        return said if len(said) <= LONGEST_REASON else said[: LONGEST_REASON - 1] + "…"

    @property
    def excluded(self) -> bool:
        """Whether they are excluded after."""
        return self.by_hand or self._flagged

    @property
    def _flagged(self) -> bool:
        return bool(self.reasons) and not self.exempt

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
        _flag(verdicts)
        reopened, counted = recount_ratings(study=study)
        transaction.set_rollback(dry_run)
    return Applied(n_rules, verdicts, told, reopened, counted)


@transaction.atomic
def apply_rules_to(*, participant: Participant) -> Verdict:
    """Judge one participant who has just finished; set or clear the flag, and recount their ratings.

    Only their own: a crowd that finishes at once would else wait for each other's pages. What others may count now,
    the next run of the rules counts.
    """
    verdict = judge(participant=participant)
    if _flag((verdict,)):
        study = participant.version.study
        reopen_ratings(study=study, of=participant)
        count_ratings(study=study, of=participant)
    return verdict


def judge(*, participant: Participant) -> Verdict:
    """Return what the rules say of one participant, whoever that is; change nothing."""
    version = participant.version
    one = Participant.objects.filter(pk=participant.pk)
    evidence = evidence_of(version, one).get(participant.pk, Evidence())
    return _verdict(one.get(), version, evidence)


def _judge(versions: Sequence[StudyVersion], kinds: Sequence[str]) -> tuple[Verdict, ...]:
    verdicts = []
    for version in versions:
        people = people_at_rest(version, kinds, timezone.now())
        evidence = evidence_of(version, people)
        verdicts += [_verdict(one, version, evidence.get(one.pk, Evidence())) for one in people]
    return tuple(verdicts)


def _verdict(one: Participant, version: StudyVersion, evidence: Evidence) -> Verdict:
    said = {rule: reason_of(rule, evidence) for rule in definition_of(version).exclude}
    reasons = tuple(dict.fromkeys(reason for reason in said.values() if reason))
    return Verdict(
        pk=one.pk,
        key=one.key,
        kind=one.kind,
        version=version.number,
        was=one.exclusion,
        was_excluded=one.excluded,
        reasons=reasons,
        exempt=one.exempt,
        failed_attention=any(isinstance(rule, AttentionFailed) and reason for rule, reason in said.items()),
    )


def reason_of(rule: Exclusion, evidence: Evidence) -> str | None:
    """Return why a rule excludes whom this evidence is of, or None."""
    if isinstance(rule, AttentionFailed):
        return rules.attention_failed(evidence, more_than=rule.more_than)
    if isinstance(rule, MedianTooQuick):
        return rules.median_too_quick(evidence, below_ms=rule.value)
    if isinstance(rule, ImplausibleTimes):
        return rules.implausible(evidence, share_above=rule.value)
    return rules.same_answer(evidence, share_above=rule.value)


def _flag(verdicts: Sequence[Verdict]) -> int:
    """Store the verdicts that change something; return how many. Call inside a transaction."""
    stored = 0
    changed = {verdict.pk: verdict for verdict in verdicts if verdict.changed}
    for one in Participant.objects.select_for_update(no_key=True).filter(pk__in=list(changed)).order_by("pk"):
        verdict = changed[one.pk]
        # Whom a researcher has excluded or included since the rules were asked stays so.
        if (one.excluded, one.exclusion, one.exempt) == (verdict.was_excluded, verdict.was, verdict.exempt):
            one.excluded, one.exclusion = verdict.excluded, verdict.exclusion
            one.save(update_fields=["excluded", "exclusion"])
            stored += 1
    return stored
