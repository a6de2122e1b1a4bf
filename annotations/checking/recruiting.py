"""Recruitment: the codes and ids without which participants cannot be paid."""

from collections import Counter
from collections.abc import Iterator

from annotations.checking.facts import StudyFacts
from annotations.checking.findings import Finding, fault, note, warning
from annotations.study_file.parts import ID_PARAMETERS, AttentionFailed
from annotations.study_file.schema import StudyDefinition

# Platforms that know in advance which code says that someone is done.
WITH_FIXED_CODE = ("prolific",)


def check_recruiting(facts: StudyFacts) -> Iterator[Finding]:
    """Yield what would keep participants from coming, or from being paid."""
    definition = facts.definition
    yield from _completed(definition)
    yield from _other_outcomes(definition)
    yield from _repeated_codes(definition)
    recruitment = definition.recruitment
    usual = ID_PARAMETERS[recruitment.platform]
    if recruitment.platform != "link" and recruitment.id_parameter not in ("", usual):
        what = f"{recruitment.platform} names participants in {usual}, and the study looks for "
        mend = f"Leave id_parameter out, or make sure that the link there says {recruitment.id_parameter}="
        yield note("recruitment", what + recruitment.id_parameter, mend)
    if recruitment.platform != "link" and recruitment.places is None:
        mend = "Set recruitment.places, so that nobody is let in whom the platform does not pay"
        yield warning("recruitment", "there is no limit on places", mend)


def _completed(definition: StudyDefinition) -> Iterator[Finding]:
    recruitment = definition.recruitment
    if recruitment.codes.completed:
        return
    if recruitment.platform in WITH_FIXED_CODE:
        what = f"there is no completion code, and {recruitment.platform} knows only its own"
        yield fault("recruitment", what, "Fill recruitment.codes.completed with the code that it shows")
    elif recruitment.platform != "link":
        yield note("recruitment", "participants get codes of their own: the first letters of their keys, in capitals")


def _other_outcomes(definition: StudyDefinition) -> Iterator[Finding]:
    codes, screening = definition.recruitment.codes, definition.screening
    if definition.recruitment.platform == "link":
        return
    screens_out = screening and screening.headphones and screening.on_fail != "warn"
    if screens_out and not codes.screened_out:
        mend = "Fill recruitment.codes.screened_out, and promise there what they are paid"
        yield warning("recruitment", "who fails the screening gets no code", mend)
    asked = definition.comprehension
    if asked and asked.on_fail == "screen_out" and not codes.screened_out:
        mend = "Fill recruitment.codes.screened_out, and promise there what they are paid"
        yield warning("recruitment", "who does not understand the task gets no code", mend)
    if not codes.no_consent:
        mend = "Fill recruitment.codes.no_consent, or they will have to return by themselves"
        yield note("recruitment", "who does not consent gets no code", mend)
    if any(isinstance(rule, AttentionFailed) for rule in definition.exclude) and not codes.failed_attention:
        mend = "Fill recruitment.codes.failed_attention to tell them apart there"
        yield note("recruitment", "who fails attention trials gets the same code as the others", mend)


def _repeated_codes(definition: StudyDefinition) -> Iterator[Finding]:
    codes = {outcome: code for outcome, code in definition.recruitment.codes.model_dump().items() if code}
    for code, count in Counter(codes.values()).items():
        if count > 1:
            outcomes = ", ".join(outcome for outcome, other in codes.items() if other == code)
            mend = "Give each its own, as the platform pays by them"
            yield fault("recruitment", f"the code {code} stands for {outcomes}", mend)
