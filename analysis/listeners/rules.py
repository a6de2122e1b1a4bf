"""Whom each rule would exclude: the rules of the study, and a few that are suggested. Asking excludes nobody.

A rule is circular where it looks at agreement with others: leaving out who disagrees raises agreement by itself,
whoever they are and however they listened.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from analysis.listeners.quality import Quality
from analysis.queries.answers import Answers
from analysis.queries.freshness import participants_of
from analysis.stats.ceilings import CHANCE_OF_A_TRIAD
from annotations.design.exclusion_rules import FEWEST_TRIALS, Evidence
from annotations.models import StudyVersion
from annotations.queries.evidence import evidence_of
from annotations.services.exclusion_rules import reason_of
from annotations.study_file.parts import AttentionFailed, Exclusion
from annotations.study_file.schema import definition_of

NOW, STUDY, SUGGESTED = "excluded now", "rule of the study", "suggested"
FEWEST_TRIADS = 10
"""A competence from fewer triads says next to nothing."""
FEWEST_REPEATS = 3
TOO_MANY_EARLY = 0.2


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule and the keys of whom it would exclude. `circular` is None where nobody can tell."""

    name: str
    source: str
    circular: bool | None
    listeners: frozenset[str]


def rules_of(version: StudyVersion, answers: Answers, qualities: Sequence[Quality]) -> list[Rule]:
    """Return who is excluded now (if anybody is), the study's rules, and the suggested ones."""
    excluded = frozenset(one.key for one in answers.answering if one.excluded)
    now = [Rule("Excluded now, by rules or by hand", NOW, None, excluded)] if excluded else []
    return [*now, *_of_study(version, answers), *_suggested(qualities)]


def _of_study(version: StudyVersion, answers: Answers) -> Iterator[Rule]:
    rules: Sequence[Exclusion] = definition_of(version).exclude
    evidence = evidence_of(version, participants_of(version.pk, answers.population)) if rules else {}
    for rule in rules:
        broken = [one.key for one in answers.answering if reason_of(rule, evidence.get(one.pk, Evidence()))]
        yield Rule(_name(rule), STUDY, False, frozenset(broken))


def _name(rule: Exclusion) -> str:
    limit = f"more than {rule.more_than}" if isinstance(rule, AttentionFailed) else f"{rule.value:g}"
    return f"{rule.rule}: {limit}"


def _suggested(qualities: Sequence[Quality]) -> Iterator[Rule]:
    for name, circular, breaks in SUGGESTIONS:
        broken = [one.participant for one in qualities if breaks(one, qualities)]
        yield Rule(name, SUGGESTED, circular, frozenset(broken))


def _competence_at_guessing(one: Quality, everyone: Sequence[Quality]) -> bool:
    """Guessing is not enough: where people agree little, or judged few triads, most intervals reach it."""
    low, high = one.competence_low, one.competence_high
    if low is None or high is None or one.n_triads < FEWEST_TRIADS:
        return False
    return low <= CHANCE_OF_A_TRIAD and high < median(p for o in everyone if (p := o.competence) is not None)


def _repeats_at_guessing(one: Quality, _: Sequence[Quality]) -> bool:
    """By choices where trials with a choice came twice often enough, else by ratings."""
    if one.n_repeats >= FEWEST_REPEATS and one.repeats_same is not None:
        return one.repeats_same <= (one.repeats_guessing or 0.0)
    if one.n_repeated_ratings >= FEWEST_REPEATS and one.repeats_difference is not None:
        # Whoever gives one rating to everything is consistent: that is for the rule same_answer_share_above.
        return 0 < (one.repeats_difference_guessing or 0.0) <= one.repeats_difference
    return False


def _too_early(one: Quality, _: Sequence[Quality]) -> bool:
    return one.n_pages >= FEWEST_TRIALS and (one.rt_below_hearing or 0.0) > TOO_MANY_EARLY


# Name, whether it is circular, and whom it would exclude.
SUGGESTIONS: tuple[tuple[str, bool, Callable[[Quality, Sequence[Quality]], bool]], ...] = (
    (
        f"Competence: interval reaches guessing and ends below the median, of {FEWEST_TRIADS} triads or more",
        True,
        _competence_at_guessing,
    ),
    (f"Repeats: no more alike than guessing, of {FEWEST_REPEATS} or more", False, _repeats_at_guessing),
    (f"Response times: more than {100 * TOO_MANY_EARLY:g} % too early to have heard every sound", False, _too_early),
)
