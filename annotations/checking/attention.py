"""Checks of attention, repeats and practice: that there are as many as asked for, with keys that can be met."""

from collections.abc import Iterator

from annotations.checking.facts import StudyFacts
from annotations.checking.findings import Finding, fault, listed, note, plural, warning
from annotations.enums import Check
from annotations.questions import get_kind
from annotations.study_file.parts import AttentionFailed
from annotations.study_file.plan import TrialPlan


def check_attention(facts: StudyFacts) -> Iterator[Finding]:
    """Yield what is missing for the checks that a study asks for."""
    yield from _numbers(facts)
    yield from _keys(facts)
    yield from _rules(facts)


def _numbers(facts: StudyFacts) -> Iterator[Finding]:
    definition = facts.definition
    practice = definition.practice + definition.examples
    wanted = {Check.ATTENTION: definition.checks.attention, Check.PRACTICE: practice}
    for check, number in wanted.items():
        there = len(facts.checks(check))
        if there < number:
            what = f"each participant is to get {number} {check.label} trials, and there {_are(there)}"
            yield fault("checks", what, f"Add trials with check {check.value} to trials.csv, or ask for fewer")
        elif there and not number:
            what = f"{plural(there, f'{check.label} trial')}, and participants are to get none"
            key = "checks.attention" if check == Check.ATTENTION else "practice"
            yield warning("checks", what, f"Set {key}")


def _are(count: int) -> str:
    return f"is {count}" if count == 1 else f"are {count or 'none'}"


def _keys(facts: StudyFacts) -> Iterator[Finding]:
    attention = facts.checks(Check.ATTENTION)
    without = [trial.key for trial in attention if not trial.answers]
    if without:
        what = f"{plural(len(without), 'attention trial')} without the right answers: {listed(without)}"
        yield fault("checks", what, 'Fill the column answers, such as {"odd": 2}')
    wrong = [trouble for trial in facts.trials if trial.check and trial.answers for trouble in _troubles(facts, trial)]
    if wrong:
        yield fault("checks", f"keys that no answer can meet: {listed(wrong)}", "Write them as a listener could answer")
    free = [trial.key for trial in facts.checks(Check.PRACTICE) if not trial.answers]
    if free:
        what = f"{plural(len(free), 'practice trial')} without right answers can give no feedback: {listed(free)}"
        yield note("checks", what)


def _troubles(facts: StudyFacts, trial: TrialPlan) -> Iterator[str]:
    questions = {question.name: question for question in facts.task(trial).questions}
    for name, answer in (trial.answers or {}).items():
        question = questions.get(name)
        if question is None:
            yield f"{trial.key} ({trial.task} asks no {name})"
            continue
        try:
            get_kind(question.kind).read_answer(
                answer, settings=question.settings, per_clip=question.per_clip, n_clips=len(trial.clips)
            )
        except ValueError as error:
            yield f"{trial.key} ({name}: {error})"


def _rules(facts: StudyFacts) -> Iterator[Finding]:
    for rule in facts.definition.exclude:
        if isinstance(rule, AttentionFailed):
            given = facts.definition.checks.attention
            if rule.more_than >= given:
                what = f"attention_failed more_than {rule.more_than} excludes nobody"
                mend = "Set checks.attention higher, or more_than lower"
                yield warning("exclude", f"{what}: each gets {given} attention trials", mend)
