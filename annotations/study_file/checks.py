"""Practice, attention and repeated trials: those that the study asks for and its file of trials does not list.

A made attention trial holds the same clip in two of its three slots, so that the odd one is known. Practice is made
in the same way where the task asks for an odd one, else it is a trial of the study without a right answer. A repeat
mirrors an ordinary trial, which its attribute `of` names; it is given only to who has answered that one.

The first practice trials whose answers are known are the worked examples, as many as the study asks for: they are
shown with their answers before the trials, and given to nobody.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from annotations.design.checks import PageCounts, fits
from annotations.design.clips import Clip, Draw
from annotations.enums import Check
from annotations.questions import get_kind
from annotations.questions._triad import TriadKind
from annotations.study_file.plan import REPEATED, TrialPlan
from annotations.study_file.schema import StudyDefinition, TaskDefinition
from annotations.study_file.source import YamlSource
from corpus.errors import Fault, ImportFaultsError

N_SLOTS = 3

CHECK_KEYS = {Check.PRACTICE: "practice", Check.ATTENTION: "checks: attention", Check.REPEAT: "checks: repeats"}
"""The key of the study file that says how many of each kind a participant gets."""


def with_checks(
    definition: StudyDefinition, plans: Sequence[TrialPlan], stimuli: Sequence[Clip], source: YamlSource
) -> list[TrialPlan]:
    """Return the trials followed by the checks that are missing.

    Raises `ImportFaultsError` if no example or attention trial can be made, or the checks find no place among the
    pages.
    """
    maker = _Maker(definition, plans, stimuli)
    listed = Counter(plan.check for plan in plans)
    examples = maker.examples(definition.examples - _with_answers(plans))
    shown = definition.examples - len(examples)
    practice = maker.practice(definition.practice - (listed[Check.PRACTICE] - shown))
    attention = maker.attention(definition.checks.attention - listed[Check.ATTENTION])
    repeats = list(_repeats(plans)) if definition.checks.repeats else []
    made = [*plans, *examples, *practice, *attention, *repeats]
    faults = list(_faults(definition, made, source))
    if faults:
        raise ImportFaultsError(faults)
    return made


def page_counts(definition: StudyDefinition, of_kind: Mapping[str, int], smallest_block: int | None) -> PageCounts:
    """Return how many pages of each kind one participant gets, given the number of trials of each kind of check.

    Of a study in blocks, ordinary pages are those of its `smallest_block`.
    """
    each = min(definition.allocation.trials_per_participant, of_kind.get(Check.NONE, 0))
    return PageCounts(
        ordinary=each if smallest_block is None else smallest_block,
        practice=min(definition.practice, max(0, of_kind.get(Check.PRACTICE, 0) - definition.examples)),
        attention=min(definition.checks.attention, of_kind.get(Check.ATTENTION, 0)),
        repeats=min(definition.checks.repeats, of_kind.get(Check.REPEAT, 0)),
        gap=definition.checks.repeat_after,
    )


def idle_checks(definition: StudyDefinition, plans: Sequence[TrialPlan]) -> list[Check]:
    """Return the kinds of check that are listed and that the study gives to nobody."""
    asked = {
        Check.PRACTICE: definition.practice + definition.examples,
        Check.ATTENTION: definition.checks.attention,
        Check.REPEAT: definition.checks.repeats,
    }
    return [kind for kind, number in asked.items() if not number and any(plan.check == kind for plan in plans)]


def _faults(definition: StudyDefinition, plans: Sequence[TrialPlan], source: YamlSource) -> Iterator[Fault]:
    of_kind = Counter(plan.check for plan in plans)
    unmade = "and no task asks for an odd one or a pair among three clips"
    missing = definition.examples - _with_answers(plans)
    if missing > 0:
        what = f"{missing} worked examples are missing, {unmade}"
        yield source.fault(("examples",), what, "List practice trials in trials.csv, with their answers")
    missing = definition.checks.attention - of_kind[Check.ATTENTION]
    if missing > 0:
        what = f"{missing} attention trials are missing, {unmade}"
        yield source.fault(("checks", "attention"), what, "List them in trials.csv, with their answers")
    blocks = Counter(plan.block for plan in plans if not plan.check)
    in_blocks = definition.allocation.design == "blocks"
    counts = page_counts(definition, of_kind, min(blocks.values()) if in_blocks and blocks else None)
    if not fits(counts):
        what = f"{counts.checks} checks find no place among {counts.ordinary} trials, repeats {counts.gap} pages later"
        yield source.fault(("checks",), what, "Give each participant more trials, fewer checks or a lower repeat_after")


class _Maker:
    """Makes practice and attention trials from the ordinary ones."""

    def __init__(self, definition: StudyDefinition, plans: Sequence[TrialPlan], stimuli: Sequence[Clip]) -> None:
        self._draw = Draw(definition.design[0].seed if definition.design else 0)
        self._keys = {plan.key for plan in plans}
        self._token = {clip.key: clip.value("token") for clip in stimuli}
        ordinary = [plan for plan in plans if not plan.check]
        self._trials = {task.name: [plan for plan in ordinary if plan.task == task.name] for task in definition.tasks}
        self._tasks = [task for task in definition.tasks if self._trials[task.name]]
        self._known = [task for task in self._tasks if _key(task, 0)]

    def practice(self, n: int) -> list[TrialPlan]:
        """Return `n` practice trials, the tasks in turn."""
        return self._made(Check.PRACTICE, n, self._tasks)

    def examples(self, n: int) -> list[TrialPlan]:
        """Return `n` practice trials whose answers are known; none if no task asks anything of the kind."""
        return self._made(Check.PRACTICE, n, self._known)

    def attention(self, n: int) -> list[TrialPlan]:
        """Return `n` attention trials, the tasks in turn; none if no task asks anything whose answer is known."""
        return self._made(Check.ATTENTION, n, self._known)

    def _made(self, check: Check, n: int, tasks: Sequence[TaskDefinition]) -> list[TrialPlan]:
        if not tasks:
            return []
        return [self._one(check, tasks[at % len(tasks)], odd=at % N_SLOTS) for at in range(n)]

    def _one(self, check: Check, task: TaskDefinition, *, odd: int) -> TrialPlan:
        like = self._any(self._trials[task.name])
        plain = replace(like, key=self._name(check), check=check, stratum="", block="", attributes={})
        if not _key(task, odd):
            return plain
        same = like.clips[(odd + 1) % N_SLOTS]
        clips = [same] * N_SLOTS
        clips[odd] = self._unlike(same, task, otherwise=like.clips[odd])
        return replace(plain, clips=tuple(clips), true_slot=None, answers=_key(task, odd))

    def _unlike(self, clip: str, task: TaskDefinition, *, otherwise: str) -> str:
        """Return a clip of the task's trials with another word, so that nobody who listens can miss it."""
        used = sorted({key for plan in self._trials[task.name] for key in plan.clips})
        others = [key for key in used if self._token.get(key) and self._token[key] != self._token.get(clip)]
        return others[self._draw.order(len(others))[0]] if others else otherwise

    def _any(self, plans: Sequence[TrialPlan]) -> TrialPlan:
        return plans[self._draw.order(len(plans))[0]]

    def _name(self, check: Check) -> str:
        number = next(n for n in range(1, len(self._keys) + 2) if f"{check.value}-{n:02}" not in self._keys)
        key = f"{check.value}-{number:02}"
        self._keys.add(key)
        return key


def _with_answers(plans: Sequence[TrialPlan]) -> int:
    """Return how many practice trials could be shown as worked examples."""
    return sum(plan.check == Check.PRACTICE and bool(plan.answers) for plan in plans)


def _key(task: TaskDefinition, odd: int) -> dict[str, Any]:
    """Return the right answers where the clip in slot `odd` is the odd one; empty if nothing of the kind is asked."""
    return {question.name: odd for question in task.questions if isinstance(get_kind(question.kind), TriadKind)}


def _repeats(plans: Sequence[TrialPlan]) -> Iterator[TrialPlan]:
    """Yield a repeat of each ordinary trial that has none."""
    repeated = {plan.attributes[REPEATED] for plan in plans if plan.check == Check.REPEAT}
    for plan in plans:
        if not plan.check and plan.key not in repeated:
            attributes = {**plan.attributes, REPEATED: plan.key}
            yield replace(plan, key=f"{plan.key}~repeat", check=Check.REPEAT, block="", attributes=attributes)
