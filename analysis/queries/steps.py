"""What participants did before and after the trials: forms, screening, questions about the task. Texts are left out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from analysis.enums import Population
from analysis.queries.versions import KINDS
from annotations.models import StepResult, StudyVersion
from annotations.study_file.parts import FormQuestion
from annotations.study_file.schema import StudyDefinition, definition_of

StepCell = str | int | float | None

COMPREHENSION = {
    "comprehension_score": "questions about the task answered rightly at the last try; empty where none was made",
    "comprehension_out_of": "how many questions about the task there are",
    "comprehension_tries": "tries made to answer them",
}
VOLUME = {"volume_seconds": "how long the reference noise was heard; empty where the volume was not set"}
HEADPHONES = {
    "headphones_passed": "1 or 0: the last try at the headphone screening; empty where there was none",
    "headphones_score": "right answers of that try",
    "headphones_of": "its trials",
    "headphones_attempts": "tries, that one included",
}


@dataclass(frozen=True, slots=True)
class StepColumns:
    """Columns of participants.csv (name and meaning), and the cells of each participant in their order."""

    columns: Mapping[str, str]
    cells: Mapping[int, Mapping[str, StepCell]]

    def row(self, participant: int) -> list[StepCell]:
        """Return the cells of one participant; empty where nothing was said."""
        own = self.cells.get(participant, {})
        return [own.get(column) for column in self.columns]


def step_columns(version: StudyVersion, population: Population) -> StepColumns:
    """Read the steps of one population of a version in one query; without forms and questions there is no column."""
    definition = definition_of(version)
    columns = dict(_columns(definition))
    cells: defaultdict[int, dict[str, StepCell]] = defaultdict(dict)
    if columns:
        results = StepResult.objects.filter(participant__version=version, participant__kind__in=KINDS[population])
        for result in results.order_by("participant_id", "attempt"):
            cells[result.participant_id] |= {name: one for name, one in _cells(result) if name in columns}
    return StepColumns(columns, cells)


def _columns(definition: StudyDefinition) -> Iterator[tuple[str, str]]:
    yield from _form_columns("before", definition.before)
    if definition.screening and definition.screening.volume:
        yield from VOLUME.items()
    if definition.screening and definition.screening.headphones:
        yield from HEADPHONES.items()
    if definition.comprehension:
        yield from COMPREHENSION.items()
    yield from _form_columns("after", definition.after)


def _form_columns(form: str, questions: Iterable[FormQuestion]) -> Iterator[tuple[str, str]]:
    for question in questions:
        if question.kind != "text":
            said = ", ".join(option.name for option in question.options) or "a number"
            yield f"{form}_{question.name}", f"asked {form} the trials: {said}; empty where not answered"


def _cells(result: StepResult) -> Iterator[tuple[str, StepCell]]:
    """Yield what one result says; of several tries the last one stays."""
    if result.step in ("form_before", "form_after"):
        form = result.step.removeprefix("form_")
        yield from ((f"{form}_{name}", answer) for name, answer in result.data.get("answers", {}).items())
    elif result.step == "comprehension" and "told" not in result.data:
        yield from zip(COMPREHENSION, (result.score, result.out_of, result.attempt + 1), strict=True)
    elif result.step == "volume":
        yield from zip(VOLUME, (result.data.get("heard_s"),), strict=True)
    elif result.step == "headphones":
        yield from zip(HEADPHONES, (result.passed, result.score, result.out_of, result.attempt + 1), strict=True)
