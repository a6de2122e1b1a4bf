"""Headphone screening: whether it can tell anybody from who guesses."""

from collections.abc import Iterator
from math import comb

from annotations.checking.facts import StudyFacts
from annotations.checking.findings import Finding, warning

GUESSED = 0.05
"""Share of guessing listeners above which passing says little."""


def check_screening(facts: StudyFacts) -> Iterator[Finding]:
    """Yield that too many pass by guessing."""
    screening = facts.definition.screening
    if not screening or not screening.headphones:
        return
    share = passed_by_guessing(screening.pass_mark, screening.of)
    if share > GUESSED:
        what = f"{share:.0%} of those who guess get {screening.pass_mark} of {screening.of} headphone trials right"
        yield warning("screening", what, "Raise screening.pass, or give more trials: 5 of 6 lets 2 % through")


def passed_by_guessing(pass_mark: int, of: int) -> float:
    """Return the probability that so many of `of` guesses among three sounds are right.

    >>> round(passed_by_guessing(5, 6), 4), round(passed_by_guessing(6, 6), 4)
    (0.0178, 0.0014)
    """
    right = sum(comb(of, hits) * 2 ** (of - hits) for hits in range(pass_mark, of + 1))
    return float(right / 3**of)
