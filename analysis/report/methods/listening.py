"""Sentences about listeners: recruitment, screening, attention, exclusion, loudness."""

from collections.abc import Iterator

from analysis.report.methods.facts import Facts
from analysis.report.numbers import counted
from annotations.services.exclusion import BY_RULE
from annotations.study_file.parts import AttentionFailed, Exclusion, ImplausibleTimes, MedianTooQuick

PLATFORMS = {"prolific": "Prolific", "mturk": "Amazon Mechanical Turk", "sona": "a Sona participant pool"}
HEADPHONES = {
    "huggins": "a dichotic pitch in noise that is heard with headphones only (Milne et al. 2021)",
    "antiphase": "the softest of three tones, one of which is in antiphase between the ears (Woods et al. 2017)",
}
ON_FAIL = {
    "warn": "who failed was warned and could go on",
    "second_try": "who failed had a second try, and was screened out after that",
    "screen_out": "who failed was screened out",
}


def listening(facts: Facts) -> Iterator[str]:
    """Yield the sentences; screening and checks only where people answered through the study's own pages."""
    if facts.simulated:
        yield "The listeners are simulated, and none of the figures is about people."
        return
    if facts.n_imported:
        n = len(facts.answers.answering)
        whose = "All answers" if facts.n_imported == n else f"The answers of {facts.n_imported} of {n} listeners"
        yield f"{whose} were imported from a file; how these listeners were recruited and screened is not known here."
    if facts.took_part_here:
        yield from _recruited(facts)
        yield from _screened(facts)
        yield from _prepared(facts)
        yield from _checked(facts)
    yield from _excluded(facts)
    if facts.took_part_here:
        yield from _loudness(facts)


def _recruited(facts: Facts) -> Iterator[str]:
    recruitment = facts.definition.recruitment
    through = PLATFORMS.get(recruitment.platform)
    if through:
        yield f"Participants were recruited through {through}."
    else:
        yield "Participants came by " + ("personal invitation." if recruitment.invitation_only else "a link.")


def _screened(facts: Facts) -> Iterator[str]:
    screening = facts.definition.screening
    if screening and screening.volume:
        yield "Before the trials they set the volume with a reference noise."
    if screening and screening.headphones:
        yield (
            f"Headphones were screened for with {HEADPHONES[screening.headphones]}: {screening.pass_mark} of "
            f"{screening.of} trials had to be right; {ON_FAIL[screening.on_fail]}."
        )


def _prepared(facts: Facts) -> Iterator[str]:
    definition = facts.definition
    if definition.comprehension:
        asked, tries = len(definition.comprehension.questions), definition.comprehension.tries
        out = "were screened out" if definition.comprehension.on_fail == "screen_out" else "were warned and could go on"
        yield (
            f"{counted(asked, 'question')} about the instructions had to be answered rightly; those who did not in "
            f"{counted(tries, 'try', 'tries')} {out}."
        )
    asked = definition.practice - definition.examples
    if asked > 0:
        told = ", after which the right answer was told" if definition.feedback else ""
        yield f"{counted(asked, 'practice trial')} came first{told}; practice enters no figure."


def _checked(facts: Facts) -> Iterator[str]:
    checks = facts.definition.checks
    if checks.attention:
        how = "the page of which said what to answer" if checks.instructed else "that held one clip twice and another"
        if 0 < len(checks.instructed) < checks.attention:
            how = "the page of which said what to answer, or that held one clip twice and another"
        yield f"Each participant was given {counted(checks.attention, 'attention trial')} {how}."
    if checks.repeats:
        yield (
            f"{counted(checks.repeats, 'trial')} came again after at least {counted(checks.repeat_after, 'page')}, to "
            "see how consistent each listener is; repeats enter no other figure."
        )


def _excluded(facts: Facts) -> Iterator[str]:
    rules = [_rule(rule) for rule in facts.definition.exclude] if facts.took_part_here else []
    if rules:
        yield (
            f"Participants were excluded who {'; or '.join(rules)}. The rules are part of the study that they took "
            "part in."
        )
    excluded = [one for one in facts.answers.answering if one.excluded]
    by_hand = sum(not one.exclusion.startswith(BY_RULE) for one in excluded)
    if excluded:
        further = f", {by_hand} of them by the researchers" if by_hand else ""
        were = "was" if len(excluded) == 1 else "were"
        yield f"{counted(len(excluded), 'listener')} who had answered {were} excluded{further}."
    elif facts.answers.answering:
        yield "No listener who had answered was excluded."


def _rule(rule: Exclusion) -> str:
    if isinstance(rule, AttentionFailed):
        return f"failed more than {counted(rule.more_than, 'attention trial')}"
    if isinstance(rule, MedianTooQuick):
        return f"had a median response time below {rule.value:g} ms"
    if isinstance(rule, ImplausibleTimes):
        return f"answered more than {100 * rule.value:g} % of the trials sooner than their sounds can be heard"
    return f"gave the same answer in more than {100 * rule.value:g} % of the trials"


def _loudness(facts: Facts) -> Iterator[str]:
    loudness = facts.loudness
    if not loudness.targets:
        return
    at = " or ".join(f"{target:g}" for target in loudness.targets).replace("-", "−")
    limited = (
        f" Of {counted(loudness.n_clips, 'clip')}, {loudness.n_limited:,} stayed quieter, so that the true peak is "
        "below −1 dBTP."
        if loudness.n_limited
        else ""
    )
    yield (
        f"All clips were played at {at} LUFS on both ears (ITU-R BS.1770; a clip below 400 ms is one block of its own "
        f"length).{limited}"
    )
