"""Read `trials.csv`: trials that were planned elsewhere, one a row."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from annotations.design.clips import Clip
from annotations.enums import Check
from annotations.questions import get_kind
from annotations.study_file.plan import REPEATED, TrialPlan
from annotations.study_file.schema import StudyDefinition, TaskDefinition
from annotations.study_file.written_texts import nearest
from corpus.enums import StimulusRole
from corpus.errors import ImportFaultsError
from corpus.importers.table import Row, Table, read_table

REQUIRED = ("trial", "task", "clips")
COLUMNS = (*REQUIRED, "context", "true_clip", "stratum", "block", "check", "answers")
# A trial's key leaves room for that of its repeat.
LONGEST = {"trial": 110, "stratum": 250, "block": 60}


def read_trials(path: Path, definition: StudyDefinition, stimuli: Sequence[Clip]) -> list[TrialPlan]:
    """Return the trials of the file; raise `ImportFaultsError` listing everything that is wrong with it."""
    table = read_table(path, required=REQUIRED)
    if not table.rows and not table.faults:
        table.fault(0, "", "there are no trials in it", "Add a row for each trial")
    reader = _Reader(table, definition, stimuli)
    plans = [reader.plan(row) for row in table.rows if set(REQUIRED) <= set(row.cells)]
    plans = [reader.with_original(plan, plans) for plan in plans]
    if table.faults:
        raise ImportFaultsError(table.faults)
    return plans


@dataclass(slots=True)
class _Cells:
    """A row by what its cells say, an absent column like an empty cell."""

    row: Row
    table: Table

    def __getitem__(self, column: str) -> str:
        return self.row.cells.get(column, "")

    def fault(self, column: str, what: str, mend: str) -> None:
        self.table.fault(self.row.line, column, what, mend)


class _Reader:
    """Reads rows and notes what is wrong with them in the table."""

    def __init__(self, table: Table, definition: StudyDefinition, stimuli: Sequence[Clip]) -> None:
        self.table = table
        self.tasks = {task.name: task for task in definition.tasks}
        self.stimuli = {clip.key: clip for clip in stimuli}
        self.lines: dict[str, int] = {}

    def plan(self, row: Row) -> TrialPlan:
        """Return the trial of a row; what is wrong with it is noted."""
        cells = _Cells(row, self.table)
        task = self._task(cells)
        clips = self._clips(cells, task)
        return TrialPlan(
            key=self._key(cells),
            task=cells["task"],
            clips=clips,
            context=self._context(cells, task),
            true_slot=_true_slot(cells, clips),
            stratum=_short(cells, "stratum"),
            block=_short(cells, "block"),
            check=_check(cells),
            answers=_answers(cells, task, len(clips)),
            attributes={name: text for name, text in row.cells.items() if name not in COLUMNS and text},
        )

    def with_original(self, plan: TrialPlan, plans: Sequence[TrialPlan]) -> TrialPlan:
        """Return the plan; of a repeat with the trial it repeats, which has the same clips in the same context."""
        if plan.check != Check.REPEAT:
            return plan
        named = plan.attributes.get(REPEATED, "")
        alike = [other.key for other in plans if not other.check and _content(other) == _content(plan)]
        original = named if named in alike else "" if named else next(iter(alike), "")
        if not original:
            what = f"{named} is no trial of the same clips" if named else "no other trial has the same clips"
            mend = "Repeat a trial with its task, context and clips"
            self.table.fault(self.lines.get(plan.key, 0), REPEATED if named else "clips", what, mend)
        return replace(plan, attributes={**plan.attributes, REPEATED: original})

    def _key(self, cells: _Cells) -> str:
        key = _short(cells, "trial")
        if not key:
            cells.fault("trial", "the trial has no name", "Give each trial a name of its own")
        elif self.lines.setdefault(key, cells.row.line) != cells.row.line:
            what = f"{key!r} is the trial of line {self.lines[key]} already"
            cells.fault("trial", what, "Give each trial a name of its own")
        return key

    def _task(self, cells: _Cells) -> TaskDefinition | None:
        task = self.tasks.get(cells["task"])
        if task is None:
            cells.fault("task", f"the study has no task {cells['task']!r}", nearest(cells["task"], list(self.tasks)))
        return task

    def _clips(self, cells: _Cells, task: TaskDefinition | None) -> tuple[str, ...]:
        clips = tuple(cells["clips"].split())
        for key in dict.fromkeys(clips):
            self._stimulus(cells, "clips", key, StimulusRole.BACKCHANNEL)
            if clips.count(key) > 1 and cells["check"] != Check.ATTENTION:
                cells.fault("clips", f"{key} is in it twice", "Name another clip, or make it an attention check")
        for question in task.questions if task else ():
            wanted = get_kind(question.kind).n_clips
            if wanted not in (None, len(clips)):
                what = f"there are {len(clips)} clips, and question {question.name} needs {wanted}"
                cells.fault("clips", what, f"Name {wanted} clips, separated by spaces")
        if not clips:
            cells.fault("clips", "there are no clips", "Name them by their ids, separated by spaces")
        return clips

    def _context(self, cells: _Cells, task: TaskDefinition | None) -> str | None:
        key, shows = cells["context"], task.show if task else []
        if not key:
            if shows:
                cells.fault("context", f"task {cells['task']} shows a context and there is none", "Name a context")
            return None
        context = self._stimulus(cells, "context", key, StimulusRole.CONTEXT)
        if context and "transcript" in shows and not context.value("transcript"):
            what = f"{key} has no transcript, and task {cells['task']} shows it"
            cells.fault("context", what, "Write one into the stimuli, or take `transcript` from `show`")
        return key

    def _stimulus(self, cells: _Cells, column: str, key: str, role: str) -> Clip | None:
        clip = self.stimuli.get(key)
        if clip is None:
            cells.fault(column, f"there is no stimulus {key!r}", "Name one of the stimuli")
        elif clip.value("role") != role:
            cells.fault(column, f"{key} is a {clip.value('role')}, not a {role}", f"Name a {role}")
        return clip


def _content(plan: TrialPlan) -> tuple[object, ...]:
    return plan.task, plan.context, sorted(plan.clips)


def _short(cells: _Cells, column: str) -> str:
    text = cells[column]
    if len(text) > LONGEST[column]:
        cells.fault(column, f"{len(text)} characters are too many", f"Use {LONGEST[column]} at most")
    return text


def _true_slot(cells: _Cells, clips: Sequence[str]) -> int | None:
    key = cells["true_clip"]
    if not key:
        return None
    if key not in clips:
        cells.fault("true_clip", f"{key!r} is none of the clips", "Name one of them, or leave it empty")
        return None
    return clips.index(key)


def _check(cells: _Cells) -> str:
    check = cells["check"]
    if check not in Check.values:
        known = [value for value in Check.values if value]
        cells.fault("check", f"there is no check {check!r}", f"Leave it empty or write {', '.join(known)}")
    if check == Check.ATTENTION and not cells["answers"]:
        mend = 'Give the right ones, such as {"odd": 2}'
        cells.fault("answers", "an attention check needs the right answers", mend)
    return check


def _answers(cells: _Cells, task: TaskDefinition | None, n_clips: int) -> Mapping[str, Any] | None:
    if not cells["answers"]:
        return None
    if not cells["check"]:
        cells.fault("answers", "only a check has right answers", "Say which in `check`, or leave this empty")
    try:
        answers = json.loads(cells["answers"])
    except ValueError:
        answers = None
    if not isinstance(answers, dict) or not answers:
        cells.fault("answers", "this is no JSON of questions and answers", 'Write {"odd": 2}, for example')
        return None
    for name, answer in answers.items():
        _check_answer(cells, task, name, answer, n_clips)
    return answers


def _check_answer(cells: _Cells, task: TaskDefinition | None, name: str, answer: object, n_clips: int) -> None:
    questions = {question.name: question for question in task.questions} if task else {}
    if task and name not in questions:
        cells.fault("answers", f"task {task.name} asks no {name!r}", nearest(name, list(questions)))
    if name not in questions:
        return
    question = questions[name]
    try:
        get_kind(question.kind).read_answer(
            answer, settings=question.settings, per_clip=question.per_clip, n_clips=n_clips
        )
    except ValueError as error:
        cells.fault("answers", f"the answer to {name} is wrong: {error}", "Write it as a listener could give it")
