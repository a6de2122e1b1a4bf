"""The trials of a study: as `trials.csv` lists them, or as its designs make them from the stimuli."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from annotations.design.clips import Clip, DesignError, PlannedTrial
from annotations.design.contexts import ResponseFaults, make_contexts
from annotations.design.triads import TriadRule, make_triads
from annotations.study_file.parts import ContextDesign, TriadDesign
from annotations.study_file.schema import StudyDefinition
from annotations.study_file.source import YamlSource
from corpus.enums import StimulusRole
from corpus.errors import Fault, ImportFaultsError

REPEATED = "of"
"""The attribute of a repeat that names the trial it repeats."""


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """A trial before it is stored: stimuli by their ids, clips in slot order."""

    key: str
    task: str
    clips: tuple[str, ...]
    context: str | None = None
    true_slot: int | None = None
    stratum: str = ""
    block: str = ""
    check: str = ""
    answers: Mapping[str, Any] | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the plan as plain values, the same for the same trial."""
        return {**asdict(self), "clips": list(self.clips)}


def made_trials(definition: StudyDefinition, stimuli: Sequence[Clip], source: YamlSource) -> list[TrialPlan]:
    """Return the trials of every design; raise `ImportFaultsError` listing the designs that cannot be made."""
    faults: list[Fault] = []
    plans: list[TrialPlan] = []
    made: Counter[str] = Counter()
    for at, design in enumerate(definition.design):
        try:
            trials = _make(design, stimuli)
        except DesignError as error:
            faults += _design_faults(error, ("design", at), source)
            continue
        faults += _missing_transcripts(definition, design.task, trials, stimuli, source.fault(("design", at), "", ""))
        for trial in trials:
            made[design.task] += 1
            plans.append(_plan(design.task, made[design.task], trial))
    if faults:
        raise ImportFaultsError(faults)
    return plans


def repeated_trials(plans: Sequence[TrialPlan]) -> list[str]:
    """Return the trials that ask about the same clips in the same context as an earlier one, checks aside."""
    seen: set[tuple[object, ...]] = set()
    repeated = []
    for plan in plans:
        content = (plan.task, plan.context, frozenset(plan.clips))
        if not plan.check and content in seen:
            repeated.append(plan.key)
        seen.add(content)
    return repeated


def with_role(stimuli: Sequence[Clip], role: str) -> list[Clip]:
    """Return the stimuli that are backchannels, or contexts."""
    return [clip for clip in stimuli if clip.value("role") == role]


def _make(design: TriadDesign | ContextDesign, stimuli: Sequence[Clip]) -> list[PlannedTrial]:
    backchannels = with_role(stimuli, StimulusRole.BACKCHANNEL)
    if isinstance(design, TriadDesign):
        rule = TriadRule(design.within, design.across, design.speakers)
        return make_triads(backchannels, n=design.n, seed=design.seed, rule=rule)
    return make_contexts(
        with_role(stimuli, StimulusRole.CONTEXT),
        backchannels,
        foils=design.foils,
        distinct_tokens=design.distinct_tokens,
        seed=design.seed,
        n=design.n,
        per_context=design.per_context,
    )


def _plan(task: str, number: int, trial: PlannedTrial) -> TrialPlan:
    """Name a trial by its task and its place in the plan, such as prosodic-0001."""
    return TrialPlan(
        key=f"{task}-{number:04}",
        task=task,
        clips=trial.clips,
        context=trial.context,
        true_slot=trial.true_slot,
        stratum=trial.stratum,
        attributes=trial.attributes,
    )


def _design_faults(error: DesignError, path: tuple[str | int, ...], source: YamlSource) -> Iterator[Fault]:
    if isinstance(error, ResponseFaults):
        for context, trouble in error.of_context.items():
            yield source.fault(path, f"the true response of context {context} is not known: {trouble}", error.mend)
    else:
        yield source.fault((*path, error.key), error.what, error.mend)


def _missing_transcripts(
    definition: StudyDefinition, task: str, trials: Sequence[PlannedTrial], stimuli: Sequence[Clip], at: Fault
) -> Iterator[Fault]:
    if "transcript" not in definition.task(task).show:
        return
    silent = {clip.key for clip in stimuli if not clip.value("transcript")}
    for context in sorted({trial.context for trial in trials if trial.context} & silent):
        what = f"context {context} has no transcript, and task {task} shows it"
        yield Fault(at.file, at.line, at.column, what, "Write one into the stimuli, or take `transcript` from `show`")
