"""responses.csv checked as a whole against the trials and questions of a study version."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from analysis.enums import Population
from analysis.export.clip_names import clip_names
from analysis.export.responses import COLUMNS
from analysis.imports import cells
from analysis.imports.rows import CsvFile, CsvRow, read_rows
from analysis.queries.plan import AskedQuestion, Plan, PlannedTrial
from annotations.questions import get_kind
from annotations.questions.base import Given
from corpus.errors import Fault

REQUIRED = ("participant", "trial", "question", "value")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a file says of a page; None and empty: nothing."""

    presented: tuple[int, ...]
    rt_ms: float | None
    plays: tuple[int, ...] | None
    answered_at: datetime | None
    chosen_by: str


@dataclass(slots=True)
class Page:
    """One participant's answer to one trial: judgements by question and rated slot."""

    trial: PlannedTrial
    line: int
    facts: PageFacts
    judgements: dict[tuple[int, int | None], Given] = field(default_factory=dict)
    further: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What a file says of a participant."""

    population: Population
    included: bool
    exclusion: str


@dataclass(slots=True)
class Person:
    """A participant of the file; `pages` by trial, in the order of the file."""

    key: str
    line: int
    facts: PersonFacts
    pages: dict[int, Page] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadResponses:
    """A file as it was understood: participants in the order of the file, faults, and rows without a value."""

    name: str
    people: dict[str, Person]
    faults: list[Fault]
    n_without_value: int


def read_responses(path: Path, plan: Plan) -> ReadResponses:
    """Read and check the file; the faults of all rows come back together."""
    table = read_rows(path, required=REQUIRED)
    return _Reader(table, plan).read()


class _Reader:
    """Goes through the rows once, collecting people and faults."""

    def __init__(self, table: CsvFile, plan: Plan) -> None:
        self.table = table
        self.trials = {trial.key: trial for trial in plan.trials}
        self.questions = {(question.task, question.name): question for question in plan.questions}
        self.further = [column for column in table.columns if column not in COLUMNS]
        self.people: dict[str, Person] = {}
        self.faults: list[Fault] = list(table.faults)
        self.n_without_value = 0

    def read(self) -> ReadResponses:
        for row in self.table.rows:
            before = len(self.faults)
            page = self._page(row)
            judged = self._judgement(row)
            if len(self.faults) > before or page is None or judged is None:
                continue
            self._add(row, page, *judged)
        self._check_together()
        self.faults.sort(key=lambda fault: fault.line)
        return ReadResponses(self.table.name, self.people, self.faults, self.n_without_value)

    def _check_together(self) -> None:
        """Note the judgements of one page that exclude each other, such as the same rank for two clips."""
        kinds = {question.pk: (question.name, get_kind(question.kind)) for question in self.questions.values()}
        for person, page in pages_of(self.people):
            asked = dict.fromkeys(question for question, _ in page.judgements)
            for question, (name, kind) in ((pk, kinds[pk]) for pk in asked):
                given = [one for (pk, _), one in page.judgements.items() if pk == question]
                try:
                    kind.check_together(given)
                except ValueError as error:
                    what = f"{name}, answered by {person.key} to {page.trial.key}: {error}"
                    self.faults.append(Fault(self.table.name, page.line, "value", what, "Correct these rows."))

    def _fault(self, row: CsvRow, column: str, what: str, mend: str) -> None:
        self.faults.append(Fault(self.table.name, row.line, column, what, mend))

    def _cell(self, row: CsvRow, column: str, read: Callable[[str], T], otherwise: T) -> T:
        try:
            return read(row[column])
        except cells.BadCellError as error:
            self._fault(row, column, error.what, error.mend)
            return otherwise

    def _person(self, row: CsvRow) -> Person:
        key = self._cell(row, "participant", cells.participant_key, "")
        population = self._cell(row, "population", cells.population, Population.PEOPLE)
        facts = PersonFacts(population, self._cell(row, "included", cells.included, True), row["exclusion"])
        if len(facts.exclusion) > 200:
            self._fault(row, "exclusion", "more than 200 characters", "Give a shorter reason.")
        person = self.people.get(key) or Person(key, row.line, facts)
        if person.facts != facts:
            what = f"population, included and exclusion are not those of line {person.line}, of the same participant"
            self._fault(row, "included", what, "Give a participant the same ones in every row.")
        return person

    def _page(self, row: CsvRow) -> tuple[Person, Page] | None:
        person = self._person(row)
        trial = self.trials.get(row["trial"])
        if trial is None:
            self._fault(row, "trial", f"the study has no trial {row['trial']!r}", "Give a trial of trials.csv.")
            return None
        names = clip_names(trial.clips)
        played = self._cell(row, "plays", lambda cell: cells.plays(cell, len(names)), None)
        facts = PageFacts(
            tuple(self._cell(row, "presented", lambda cell: cells.presented(cell, names), [])),
            self._cell(row, "rt_ms", cells.milliseconds, None),
            None if played is None else tuple(played),
            self._cell(row, "answered_at", cells.moment, None),
            self._cell(row, "chosen_by", cells.chosen_by, ""),
        )
        page = person.pages.get(trial.pk) or Page(trial, row.line, facts)
        if page.facts != facts:
            what = (
                "presented, rt_ms, plays, answered_at and chosen_by are not those of "
                f"line {page.line}, of the same page"
            )
            self._fault(row, "presented", what, "Give a participant's answers to one trial the same ones.")
        return person, page

    def _judgement(self, row: CsvRow) -> tuple[AskedQuestion, int | None, Given | None] | None:
        trial = self.trials.get(row["trial"])
        if trial is None:
            return None
        question = self.questions.get((trial.task, row["question"]))
        if question is None:
            asked = ", ".join(name for task, name in self.questions if task == trial.task) or "none"
            self._fault(row, "question", f"{row['question']!r} is not asked in {trial.task}", f"Asked there: {asked}.")
            return None
        names = clip_names(trial.clips)
        slot = self._slot(row, question, names)
        if row["value"] == "":
            return question, slot, None
        try:
            given = get_kind(question.kind).from_csv(row["value"], names, settings=question.settings)
        except ValueError as error:
            self._fault(row, "value", str(error), f"Give what {question.kind} takes, or nothing if it is missing.")
            return None
        return question, slot, given

    def _slot(self, row: CsvRow, question: AskedQuestion, names: list[str]) -> int | None:
        if not question.per_clip:
            if row["clip"]:
                self._fault(row, "clip", f"{question.name} is asked once, not per clip", "Leave the cell empty.")
            return None
        if row["clip"] not in names:
            self._fault(row, "clip", f"{row['clip']!r} is not in this trial", f"Give one of {', '.join(names)}.")
            return None
        return names.index(row["clip"])

    def _add(
        self,
        row: CsvRow,
        at: tuple[Person, Page],
        question: AskedQuestion,
        slot: int | None,
        given: Given | None,
    ) -> None:
        if given is None:
            self.n_without_value += 1
            return
        person, page = at
        self.people.setdefault(person.key, person)
        person.pages.setdefault(page.trial.pk, page)
        if (question.pk, slot) in page.judgements:
            mend = "Keep one row for each participant, trial, question and clip."
            self._fault(row, "question", "answered twice in this file", mend)
        page.judgements[question.pk, slot] = given
        if self.further:
            cells_kept = {column: row[column] for column in self.further}
            page.further.append({"question": question.name, "clip": row["clip"], **cells_kept})


def pages_of(people: Mapping[str, Person]) -> Iterator[tuple[Person, Page]]:
    """Yield every page of every participant, in the order of the file."""
    for person in people.values():
        for page in person.pages.values():
            yield person, page
