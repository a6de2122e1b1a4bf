"""What the sentences about methods are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.agreement.rated import RANK, RATING
from analysis.agreement.row import INCLUDED, Row
from analysis.agreement.samples import TRIAD_KINDS
from analysis.enums import Population
from analysis.queries.answers import Answers
from analysis.queries.loudness import Loudness
from analysis.queries.plan import AskedQuestion
from analysis.queries.runs import Model
from annotations.enums import ParticipantKind
from annotations.models import StudyVersion
from annotations.study_file.schema import StudyDefinition, definition_of


@dataclass(frozen=True, slots=True)
class Facts:
    """A version with its answers, the models and figures, and what was used to make them.

    `settings`: those of the export (bootstrap, seed); `versions`: of the programs, by name; `maps`: what is to be said
    about maps, empty without any.
    """

    version: StudyVersion
    answers: Answers
    models: Sequence[Model]
    rows: Sequence[Row]
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    loudness: Loudness
    n_comparisons: int = 0
    maps: str = ""

    @property
    def definition(self) -> StudyDefinition:
        """What the study's file says."""
        return definition_of(self.version)

    @property
    def simulated(self) -> bool:
        """Whether the listeners are simulated."""
        return self.answers.population == Population.SIMULATED

    @property
    def n_imported(self) -> int:
        """How many of those who answered were imported from a file."""
        return sum(one.kind == ParticipantKind.IMPORTED for one in self.answers.answering)

    @property
    def took_part_here(self) -> bool:
        """Whether people answered through this study's own pages, so that its screening and checks applied."""
        return any(one.kind == ParticipantKind.PERSON for one in self.answers.answering)

    @property
    def triad_questions(self) -> list[AskedQuestion]:
        """The questions about triads."""
        return [one for one in self.answers.plan.questions if one.kind in TRIAD_KINDS]

    @property
    def ratings(self) -> list[AskedQuestion]:
        """The questions that ask for a rating or a rank."""
        return [one for one in self.answers.plan.questions if one.kind in (RATING, RANK)]

    def has(self, measure: str) -> bool:
        """Tell whether a measure has an estimate, so that the report shows it."""
        return any(row.measure == measure and row.subset == INCLUDED and row.estimate is not None for row in self.rows)
