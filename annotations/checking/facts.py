"""What the checks look at: a study as it is planned, with its sounds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from annotations.study_file.plan import TrialPlan
from annotations.study_file.schema import StudyDefinition, TaskDefinition


@dataclass(frozen=True, slots=True)
class Sound:
    """A stimulus as listeners get it.

    `duration`: seconds; `loudness`: LUFS reached on both ears; `limited`: whether its peaks keep it quieter than the
    target; `digest`: SHA-256 of the served sound.
    """

    key: str
    role: str
    transcript: str
    duration: float
    loudness: float
    limited: bool
    digest: str


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """A study that could go live. `target`: LUFS; `interface`: the languages in which our own texts are there.

    A stimulus whose sound cannot be used is not in `sounds`; that is a finding already.
    """

    definition: StudyDefinition
    consent: Mapping[str, Mapping[str, str]]
    trials: tuple[TrialPlan, ...]
    sounds: Mapping[str, Sound]
    target: float
    interface: tuple[str, ...]

    @property
    def ordinary(self) -> list[TrialPlan]:
        """Trials that are neither practice nor a check."""
        return [trial for trial in self.trials if not trial.check]

    def checks(self, kind: str) -> list[TrialPlan]:
        """Return the trials of one kind of check."""
        return [trial for trial in self.trials if trial.check == kind]

    def task(self, trial: TrialPlan) -> TaskDefinition:
        """Return what is shown and asked in a trial."""
        return self.definition.task(trial.task)

    @property
    def blocks(self) -> Counter[str]:
        """The sizes of the blocks, where the study is given out in blocks."""
        in_blocks = self.definition.allocation.design == "blocks"
        return Counter(trial.block for trial in self.ordinary if in_blocks)

    @property
    def pages(self) -> int:
        """How many ordinary trials one participant gets, at most: a whole block, where there are blocks."""
        if self.blocks:
            return max(self.blocks.values())
        return min(self.definition.allocation.trials_per_participant, len(self.ordinary))

    @property
    def places_needed(self) -> int:
        """How many people it takes until every trial has the ratings planned."""
        ratings = self.definition.allocation.ratings_per_trial
        if self.blocks:
            return ratings * len(self.blocks)
        # Nobody hears a trial twice, so it takes at least as many people as ratings of one trial.
        return max(ratings, -(-len(self.ordinary) * ratings // self.pages)) if self.pages else 0

    def ratings_reached(self, places: int) -> float:
        """Return the ratings that each trial gets on average from so many people."""
        of_each = places / len(self.blocks) if self.blocks else places * self.pages / len(self.ordinary)
        return min(self.definition.allocation.ratings_per_trial, places, of_each)
