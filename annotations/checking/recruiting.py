"""Recruitment: the codes and ids without which participants cannot be paid."""

from collections import Counter
from collections.abc import Iterator

from annotations.checking.facts import StudyFacts
from annotations.checking.findings import Finding, fault, note, warning
from annotations.platforms import platform_called
from annotations.study_file.parts import AttentionFailed
from annotations.study_file.schema import StudyDefinition


def check_recruiting(facts: StudyFacts) -> Iterator[Finding]:
    """Yield what would keep participants from coming, or from being paid."""
    definition = facts.definition
    yield from _completed(definition)
    yield from _other_outcomes(definition)
    yield from _repeated_codes(definition)
    recruitment = definition.recruitment
    yield from _way_back(definition)
    usual = platform_called(recruitment.platform).id_parameter
    if recruitment.platform != "link" and recruitment.id_parameter not in ("", usual):
        what = f"{recruitment.platform} names participants in {usual}, and the study looks for "
        mend = f"Leave id_parameter out, or make sure that the link there says {recruitment.id_parameter}="
        yield note("recruitment", what + recruitment.id_parameter, mend)
    if recruitment.platform != "link" and recruitment.places is None:
        mend = "Set recruitment.places, so that nobody is let in whom the platform does not pay"
        yield warning("recruitment", "there is no limit on places", mend)


def _way_back(definition: StudyDefinition) -> Iterator[Finding]:
    recruitment = definition.recruitment
    if recruitment.invitation_only and recruitment.platform != "link":
        what = f"invitation_only keeps everybody out whom {recruitment.platform} sends: they have no invitation"
        mend = "Take it away, or set platform to link and invite people with manage.py invite"
        yield fault("recruitment", what, mend)
    if recruitment.platform == "sona" and "{id}" not in recruitment.return_url:
        what = "return_url names nobody" if recruitment.return_url else "there is no return_url"
        mend = "Set return_url to the study's client-side completion URL there, ending in survey_code={id}"
        yield warning("recruitment", what + ", so SONA grants no credit", mend)
    if recruitment.platform == "mturk":
        what = "MTurk shows the study in a frame: its ExternalURL is https://YOUR.SITE"
        yield note("recruitment", f"{what}/s/{definition.slug}/frame/")
        if recruitment.return_url:
            yield warning("recruitment", "return_url is not used: work is handed in by MTurk's form", "Take it away")


def _completed(definition: StudyDefinition) -> Iterator[Finding]:
    recruitment = definition.recruitment
    if recruitment.codes.completed:
        return
    if platform_called(recruitment.platform).has_fixed_code:
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
    if definition.recruitment.places is not None and not codes.full:
        mend = "Fill recruitment.codes.full, or they are asked to return their submission"
        yield note("recruitment", "who comes when the study is full gets no code", mend)
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
