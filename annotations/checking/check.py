"""All checks of a study."""

from annotations.checking.attention import check_attention
from annotations.checking.balance import check_balance
from annotations.checking.expected import Pay, check_expected
from annotations.checking.facts import StudyFacts
from annotations.checking.findings import Finding, Severity
from annotations.checking.reach import check_reach
from annotations.checking.recruiting import check_recruiting
from annotations.checking.screening import check_screening
from annotations.checking.sounds import check_sounds
from annotations.checking.texts import check_texts

_ORDER = list(Severity)


def check(facts: StudyFacts, *, pay: Pay | None = None) -> list[Finding]:
    """Return everything found, the worst first."""
    found = [
        *check_texts(facts),
        *check_recruiting(facts),
        *check_screening(facts),
        *check_sounds(facts),
        *check_attention(facts),
        *check_balance(facts),
        *check_reach(facts),
        *check_expected(facts, pay),
    ]
    return in_order(found)


def in_order(found: list[Finding]) -> list[Finding]:
    """Return findings, the worst first, else as they came."""
    return sorted(found, key=lambda finding: _ORDER.index(finding.severity))
